/// What tests of several rooms share: a clock moved by hand (`HandClock`), a seeded generator
/// (`SplitMix64`), folders that go away by themselves (`TemporaryFolder`), and customers, keys and
/// prices to start from (`Sample`).
package enum TestSupport {}
