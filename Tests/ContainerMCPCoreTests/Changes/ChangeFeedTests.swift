// SPDX-License-Identifier: Apache-2.0

import Testing

@testable import ContainerMCPCore

@Suite(.timeLimit(.minutes(5))) struct ChangeFeedTests {
    private let bus = ChangeBus()

    @Test func `a feed gets what it is interested in and nothing else`() async {
        let feed = bus.feed(ChangeInterest(lists: [.tools], resources: ["a:1"], tasks: ["t1"]))
        for change: Change in [
            .prompts, .resource(uri: "a:2"), .tools, .task(id: "t2"), .resources, .resource(uri: "a:1"),
            .task(id: "t1"), .resource(uri: "t1"), .task(id: "a:1"),
        ] {
            bus.publish(change)
        }
        #expect(await feed.next() == [.tools, .resource(uri: "a:1"), .task(id: "t1")])
    }

    @Test func `equal changes that were not fetched are one`() async {
        let feed = bus.feed(ChangeInterest(lists: [.resources, .tools]))
        for _ in 0..<10_000 { bus.publish(.resources) }
        bus.publish(.tools)
        bus.publish(.resources)
        #expect(await feed.next() == [.resources, .tools])
        bus.publish(.resources)
        #expect(await feed.next() == [.resources])
    }

    @Test func `a reader waits until something changes`() async {
        let feed = bus.feed(ChangeInterest(lists: [.prompts]))
        async let news = feed.next()
        bus.publish(.tools)
        bus.publish(.prompts)
        #expect(await news == [.prompts])
    }

    @Test func `every feed hears of a change`() async {
        let feeds = (0..<100).map { _ in bus.feed(ChangeInterest(tasks: ["t"])) }
        bus.publish(.task(id: "t"))
        for feed in feeds { #expect(await feed.next() == [.task(id: "t")]) }
    }

    @Test func `a feed does not hear of what changed before it was made`() async {
        bus.publish(.tools)
        let feed = bus.feed(ChangeInterest(lists: [.tools, .prompts]))
        bus.publish(.prompts)
        #expect(await feed.next() == [.prompts])
    }

    @Test(arguments: [false, true])
    func `cancelling ends the wait and leaves the feed as it is`(isLate: Bool) async {
        let feed = bus.feed(ChangeInterest(lists: [.tools]))
        let reader = Task { await feed.next() }
        if isLate { await Task.yield() }
        reader.cancel()
        #expect(await reader.value == nil)
        bus.publish(.tools)
        #expect(await feed.next() == [.tools])
    }

    @Test func `a closed feed ends and drops what it holds`() async {
        let feed = bus.feed(ChangeInterest(lists: [.tools]))
        bus.publish(.tools)
        feed.close()
        #expect(await feed.next() == nil)
        bus.publish(.tools)
        #expect(await feed.next() == nil)
        #expect(bus.feedCount == 0)
    }

    @Test func `closing wakes the reader`() async {
        let feed = bus.feed(ChangeInterest(lists: [.tools]))
        async let news = feed.next()
        await Task.yield()
        feed.close()
        #expect(await news == nil)
    }

    @Test func `at the end of the bus what is pending is fetched and then nothing`() async {
        let feed = bus.feed(ChangeInterest(lists: [.tools]))
        let waiting = bus.feed(ChangeInterest(lists: [.prompts]))
        async let nothing = waiting.next()
        bus.publish(.tools)
        bus.end()
        #expect(await nothing == nil)
        #expect(await feed.next() == [.tools])
        #expect(await feed.next() == nil)
        #expect(await bus.feed(ChangeInterest(lists: [.tools])).next() == nil)
        #expect(bus.feedCount == 0)
    }

    @Test func `an interest grows and shrinks while the feed lives`() async {
        let feed = bus.feed(ChangeInterest(lists: [.tools]))
        bus.publish(.resource(uri: "a"))
        #expect(feed.add("a"))
        bus.publish(.resource(uri: "a"))
        #expect(await feed.next() == [.resource(uri: "a")])
        bus.publish(.resource(uri: "a"))
        feed.remove("a")
        bus.publish(.resource(uri: "a"))
        bus.publish(.tools)
        #expect(await feed.next() == [.tools])
        #expect(feed.interest == ChangeInterest(lists: [.tools]))
    }

    @Test func `an interest has a bound`() {
        let feed = bus.feed(ChangeInterest(tasks: ["t"]))
        for number in 1..<ChangeInterest.maximumNames { #expect(feed.add("u\(number)")) }
        #expect(!feed.add("one more"))
        #expect(feed.add("u1"), "one that is there takes no place")
        feed.remove("u1")
        #expect(feed.add("one more"))
    }

    @Test func `a feed that is let go is forgotten`() {
        var feed: ChangeFeed? = bus.feed(ChangeInterest(lists: [.tools]))
        #expect(bus.feedCount == 1)
        #expect(feed != nil)
        feed = nil
        #expect(bus.feedCount == 0)
    }

    @Test func `no change is lost between many that publish and one that reads`() async {
        let names = Set((0..<500).map { "t\($0)" })
        let feed = bus.feed(ChangeInterest(tasks: names))
        await withTaskGroup(of: Void.self) { group in
            for part in 0..<10 {
                group.addTask {
                    for number in 0..<50 { bus.publish(.task(id: "t\(part * 50 + number)")) }
                }
            }
            var missing = names
            while !missing.isEmpty, let news = await feed.next() {
                for case .task(let id) in news { missing.remove(id) }
            }
            #expect(missing.isEmpty)
        }
    }
}
