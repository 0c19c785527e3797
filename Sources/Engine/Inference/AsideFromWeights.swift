import Synchronization
import Tokenizers

/// What a model needs beside its weights, made on another thread while they are packed.
///
/// Errors come in one order, whatever is done first: the tokenizer's, the weights', the
/// fingerprint's.
final class AsideFromWeights: Sendable {
  private let tokenizerPart: Part<Tokenizer>
  private let fingerprintPart: Part<String>

  init(
    tokenizer: @escaping @Sendable () throws -> Tokenizer,
    fingerprint: @escaping @Sendable () throws -> String
  ) {
    tokenizerPart = Part(tokenizer)
    fingerprintPart = Part(fingerprint)
  }

  /// Loads the weights; `load` is given what may be done meanwhile.
  func during<Weights>(_ load: ([@Sendable () -> Void]) throws -> Weights) throws -> Weights {
    do {
      return try load([{ self.tokenizerPart.prepare() }, { self.fingerprintPart.prepare() }])
    } catch {
      _ = try tokenizer()
      throw error
    }
  }

  func tokenizer() throws -> Tokenizer { try tokenizerPart.value() }
  func fingerprint() throws -> String { try fingerprintPart.value() }
}

/// A value that is made once, by the first who asks for it.
private final class Part<Value: Sendable>: Sendable {
  private let make: @Sendable () throws -> Value
  private let made = Mutex<Result<Value, any Error>?>(nil)

  init(_ make: @escaping @Sendable () throws -> Value) { self.make = make }

  func prepare() { _ = result() }
  func value() throws -> Value { try result().get() }

  private func result() -> Result<Value, any Error> {
    made.withLock { made in
      if let made { return made }
      let fresh = Result { try make() }
      made = fresh
      return fresh
    }
  }
}
