// SPDX-License-Identifier: Apache-2.0

/// The Python text that runs a caller's code.
///
/// It is no boundary: it only makes the code feel at home.
enum PythonHarness {
    /// Reads the code from descriptor 4, runs it as `__main__`, and writes `_` to descriptor 3.
    ///
    /// It imports next to nothing, since an import costs more than the rest of it. The result is a letter (`J` for
    /// JSON, `T` for too long), eight bytes of length, most significant first, and as many bytes of JSON.
    static let source = #"""
        import sys, posix, builtins
        import _sitebuiltins
        builtins.exit = _sitebuiltins.Quitter('exit', 'Ctrl-D (i.e. EOF)')
        builtins.quit = _sitebuiltins.Quitter('quit', 'Ctrl-D (i.e. EOF)')

        class _Truncated(Exception):
            pass

        class _Encoder:
            LIMIT = 1 << 20

            def __init__(self):
                self.parts = []
                self.size = 0
                self.open = set()

            def put(self, text):
                try:
                    data = text.encode()
                except UnicodeEncodeError:
                    data = text.encode('utf-16-le', 'surrogatepass').decode('utf-16-le', 'replace').encode()
                self.size += len(data)
                if self.size > self.LIMIT:
                    raise _Truncated
                self.parts.append(data)

            def text(self, value):
                if len(value) > self.LIMIT:
                    raise _Truncated
                table = {34: '\\"', 92: '\\\\', 10: '\\n', 13: '\\r', 9: '\\t'}
                for number in range(32):
                    table.setdefault(number, '\\u%04x' % number)
                self.put('"' + str.translate(value, table) + '"')

            def other(self, value):
                try:
                    shown = repr(value)
                    shown = str(shown)[:10000]
                except Exception:
                    shown = '<%s object whose repr failed>' % type(value).__name__
                self.text(shown)

            def known(self, module, *names):
                found = sys.modules.get(module)
                return tuple(t for t in (getattr(found, n, None) for n in names) if isinstance(t, type))

            def write(self, value, depth=0):
                if value is None:
                    return self.put('null')
                if value is True or value is False:
                    return self.put('true' if value else 'false')
                if isinstance(value, self.known('enum', 'Enum')) and depth <= 100:
                    return self.write(value.value, depth + 1)
                kind = type(value)
                if isinstance(value, str):
                    return self.text(str.__str__(value))
                if isinstance(value, int):
                    number = int(value)
                    if -(1 << 63) <= number < 1 << 63:
                        return self.put(int.__repr__(number))
                    if number.bit_length() > 200000:
                        return self.text('<integer of %d bits>' % number.bit_length())
                    if hasattr(sys, 'set_int_max_str_digits'):
                        sys.set_int_max_str_digits(0)
                    return self.text(int.__repr__(number))
                if isinstance(value, float):
                    if value != value:
                        return self.text('NaN')
                    if value in (float('inf'), float('-inf')):
                        return self.text('Infinity' if value > 0 else '-Infinity')
                    return self.put(float.__repr__(value))
                if isinstance(value, (bytes, bytearray, memoryview)):
                    import binascii
                    data = bytes(value)
                    if len(data) > self.LIMIT:
                        raise _Truncated
                    return self.put('{"base64": "' + binascii.b2a_base64(data, newline=False).decode() + '"}')
                if isinstance(value, self.known('datetime', 'date', 'time')):
                    return self.text(value.isoformat())
                if isinstance(
                    value,
                    self.known('decimal', 'Decimal') + self.known('fractions', 'Fraction')
                    + self.known('uuid', 'UUID') + self.known('pathlib', 'PurePath'),
                ):
                    return self.text(str(value))
                fields = getattr(kind, '__dataclass_fields__', None)
                is_data = isinstance(fields, dict)
                if not is_data and not isinstance(value, (dict, list, tuple, set, frozenset)):
                    return self.other(value)
                if depth >= 100 or id(value) in self.open:
                    return self.other(value)
                self.open.add(id(value))
                try:
                    if is_data:
                        items = [(name, getattr(value, name, None)) for name in fields]
                        self.members(items, depth)
                    elif isinstance(value, dict):
                        self.members(list(value.items()), depth)
                    else:
                        if isinstance(value, (set, frozenset)):
                            try:
                                value = sorted(value)
                            except Exception:
                                value = sorted(value, key=repr)
                        self.put('[')
                        for index, item in enumerate(list(value)):
                            if index:
                                self.put(', ')
                            self.write(item, depth + 1)
                        self.put(']')
                finally:
                    self.open.discard(id(value))

            def members(self, items, depth):
                self.put('{')
                seen = set()
                first = True
                for key, item in items:
                    name = key if isinstance(key, str) else str(key)
                    if name in seen:
                        continue
                    seen.add(name)
                    if not first:
                        self.put(', ')
                    first = False
                    self.text(name)
                    self.put(': ')
                    self.write(item, depth + 1)
                self.put('}')

        def _send(value):
            kind = b'J'
            try:
                encoder = _Encoder()
                encoder.write(value)
                data = b''.join(encoder.parts)
            except _Truncated:
                kind, data = b'T', b''
            except Exception:
                encoder = _Encoder()
                encoder.other(value)
                data = b''.join(encoder.parts)
            data = kind + len(data).to_bytes(8, 'big') + data
            try:
                while data:
                    data = data[posix.write(3, data):]
                posix.close(3)
            except OSError:
                pass

        class _Source:
            # The code has no file: whoever prints a traceback asks here for its lines.
            def __init__(self, text):
                self.text = text

            def get_source(self, name):
                return self.text

        def _show(error):
            trace = error.__traceback__
            trace = trace.tb_next if trace is not None else None
            if sys.excepthook is not sys.__excepthook__:
                return sys.excepthook(type(error), error, trace)
            try:
                import traceback
                traceback.print_exception(type(error), error, trace)
            except BaseException:
                posix.write(2, (type(error).__name__ + '\n').encode('utf-8', 'replace'))

        def _main():
            chunks = []
            while chunk := posix.read(4, 1 << 20):
                chunks.append(chunk)
            posix.close(4)
            posix.set_inheritable(3, False)
            text = b''.join(chunks).decode('utf-8')
            sys.path.append(sys.argv[1])
            sys.argv = ['-c']
            module = type(sys)('__main__')
            module.__builtins__ = builtins
            module.__loader__ = _Source(text)
            sys.modules['__main__'] = module
            me = posix.getpid()
            status = 0
            try:
                exec(compile(text, 'python code', 'exec', dont_inherit=True), module.__dict__)
            except SystemExit as leaving:
                status = leaving.code
            except BaseException as error:
                _show(error)
                status = 1
                del error
            if status in (None, 0) and posix.getpid() == me:
                _send(module.__dict__.get('_'))
            # What stays in the namespace lives on until threads and exit hooks are done, as it would in a script.
            raise SystemExit(status)

        _main()
        """#
}
