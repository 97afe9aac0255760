// placeholder
import Hummingbird
import ServiceLifecycle
import HTTPTypes
import NIOCore
