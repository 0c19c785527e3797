internal import CKernels

/// Where the parts of `tokens` rows of int8 activations lie in one piece of memory; each part starts
/// at a multiple of 64 bytes. `ck_activations` says what the parts are.
struct ActivationLayout {
  private let tokens: Int
  private let padded: Int
  private let sums: Int

  init(columns: Int, tokens: Int) {
    self.tokens = tokens
    padded = roundUp(columns, 64)
    sums = roundUp(padded / 32, 16)
  }

  private var quadOffset: Int { tokens * padded }
  private var scaleOffset: Int { quadOffset + tokens * padded }
  private var sumOffset: Int { scaleOffset + roundUp(tokens * padded / 32 * 4, 64) }
  var byteCount: Int { sumOffset + tokens * sums * 4 }

  func bind(_ memory: UnsafeMutableRawPointer) -> ck_activations {
    ck_activations(
      padded: padded, sums: sums,
      q: memory.assumingMemoryBound(to: Int8.self),
      quad: (memory + quadOffset).assumingMemoryBound(to: Int32.self),
      scale: (memory + scaleOffset).assumingMemoryBound(to: Float.self),
      sum: (memory + sumOffset).assumingMemoryBound(to: Float.self))
  }

  /// The parts of one row.
  func row(_ token: Int, of all: ck_activations) -> ck_activations {
    var row = all
    row.q += token * padded
    row.quad += token * padded / 4
    row.scale += token * padded / 32
    row.sum += token * sums
    return row
  }
}

extension ck_activations {
  /// For float weights, which take x as it is.
  static var none: ck_activations { ActivationLayout(columns: 0, tokens: 0).bind(emptyActivations) }
}

nonisolated(unsafe) private let emptyActivations = UnsafeMutableRawPointer.allocate(
  byteCount: 64, alignment: 64)

func roundUp(_ n: Int, _ multiple: Int) -> Int { (n + multiple - 1) / multiple * multiple }
