import ArgumentParser
@main struct M: AsyncParsableCommand {}
