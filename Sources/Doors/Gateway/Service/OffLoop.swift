/// Runs what takes long (texts to tokens, schemas to grammars) off the connection's thread.
enum OffLoop {
  /// Bodies up to this are worked on in place.
  static let inlineBytes = 8192

  static func run<Value: Sendable>(
    _ body: @Sendable () throws(GatewayError) -> Value
  ) async throws(GatewayError) -> Value {
    let result: Result<Value, GatewayError> = await withTaskExecutorPreference(
      globalConcurrentExecutor
    ) {
      await elsewhere(body)
    }
    return try result.get()
  }

  @concurrent private static func elsewhere<Value: Sendable>(
    _ body: @Sendable () throws(GatewayError) -> Value
  ) async -> Result<Value, GatewayError> {
    Result(catching: body)
  }
}
