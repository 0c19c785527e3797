/// Seeds of requests that name none.
enum SystemSeeds {
  /// From the system's generator.
  @Sendable static func next() -> UInt64 { UInt64.random(in: .min ... .max) }
}
