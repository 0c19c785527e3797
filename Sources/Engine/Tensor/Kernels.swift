internal import CKernels

/// Which elements of a head a rotary embedding turns together.
package enum RopeStyle: Sendable {
  /// Element i with i + rotated/2 (NeoX, Llama in Hugging Face's order).
  case halves
  /// Element 2i with 2i + 1 (GPT-J, Llama in GGUF's order).
  case pairs
}

/// Arithmetic on rows of f32, dispatched to the best instruction set of this machine. Each function
/// works on one row and is a pure function of it, so results never depend on what else runs.
package enum Kernels {
  private static var table: UnsafePointer<ck_kernels> { ck_current() }

  /// "scalar", "avx2" or "avx512".
  package static var instructionSet: String { String(cString: table.pointee.name) }

  /// into[i] = x[i] · weight[i] / sqrt(mean(x²) + epsilon); squares are summed in f64.
  /// `into` may be `x`.
  package static func rmsNorm(
    _ x: UnsafePointer<Float>, weight: UnsafePointer<Float>, epsilon: Float, count: Int,
    into: UnsafeMutablePointer<Float>
  ) {
    table.pointee.rms_norm(x, weight, epsilon, count, into)
  }

  /// into[i] = (x[i] − mean) · weight[i] / sqrt(variance + epsilon) + bias[i]; sums in f64.
  /// `into` may be `x`.
  package static func layerNorm(
    _ x: UnsafePointer<Float>, weight: UnsafePointer<Float>, bias: UnsafePointer<Float>?,
    epsilon: Float, count: Int, into: UnsafeMutablePointer<Float>
  ) {
    table.pointee.layer_norm(x, weight, bias, epsilon, count, into)
  }

  /// x[i] = exp(x[i] − max x) / sum, in place.
  package static func softmax(_ x: UnsafeMutablePointer<Float>, count: Int) {
    table.pointee.softmax(x, count)
  }

  /// gate[i] = silu(gate[i]) · up[i], silu(v) = v / (1 + exp(−v)).
  package static func siluMultiply(
    gate: UnsafeMutablePointer<Float>, up: UnsafePointer<Float>, count: Int
  ) {
    table.pointee.silu_multiply(gate, up, count)
  }

  /// GELU by its tanh approximation, in place.
  package static func geluTanh(_ x: UnsafeMutablePointer<Float>, count: Int) {
    table.pointee.gelu_tanh(x, count)
  }

  /// GELU by erf, in place.
  package static func gelu(_ x: UnsafeMutablePointer<Float>, count: Int) {
    table.pointee.gelu(x, count)
  }

  /// gate[i] = geluTanh(gate[i]) · up[i].
  package static func geluTanhMultiply(
    gate: UnsafeMutablePointer<Float>, up: UnsafePointer<Float>, count: Int
  ) {
    table.pointee.gelu_tanh_multiply(gate, up, count)
  }

  /// into[i] += x[i].
  package static func add(
    _ x: UnsafePointer<Float>, into: UnsafeMutablePointer<Float>, count: Int
  ) {
    table.pointee.add(x, into, count)
  }

  /// x[i] *= factor.
  package static func scale(_ x: UnsafeMutablePointer<Float>, by factor: Float, count: Int) {
    table.pointee.scale(x, factor, count)
  }

  /// x[i] = cap · tanh(x[i] / cap), cap > 0: Gemma's bound on logits.
  package static func softCap(_ x: UnsafeMutablePointer<Float>, cap: Float, count: Int) {
    table.pointee.soft_cap(x, cap, count)
  }

  /// Rotates in place the `rotated` leading elements of each of `heads` heads.
  /// - Parameters:
  ///   - x: [heads][headDimension]
  ///   - cos, sin: [rotated / 2], of this token's position
  package static func rope(
    _ x: UnsafeMutablePointer<Float>, heads: Int, headDimension: Int, rotated: Int,
    cos: UnsafePointer<Float>, sin: UnsafePointer<Float>, style: RopeStyle
  ) {
    table.pointee.rope(x, heads, headDimension, rotated, cos, sin, style == .pairs ? 1 : 0)
  }

  /// f32 to IEEE binary16, round to nearest even.
  package static func toHalf(
    _ x: UnsafePointer<Float>, into: UnsafeMutablePointer<UInt16>, count: Int
  ) {
    table.pointee.to_half(x, into, count)
  }

  package static func fromHalf(
    _ x: UnsafePointer<UInt16>, into: UnsafeMutablePointer<Float>, count: Int
  ) {
    table.pointee.from_half(x, into, count)
  }

  /// `count` elements of `type` to f32; traps when `count` is not whole blocks.
  package static func dequantize(
    _ type: ElementType, _ source: UnsafeRawPointer, into: UnsafeMutablePointer<Float>, count: Int
  ) {
    precondition(count.isMultiple(of: type.blockSize), "\(count) is not whole \(type.name) blocks")
    table.pointee.dequantize(Int32(type.rawValue), source, into, count)
  }

  /// f32 to `type` by ggml's reference rules: all types but the K ones.
  /// Traps on other types and when `count` is not whole blocks.
  package static func quantize(
    _ type: ElementType, _ source: UnsafePointer<Float>, into: UnsafeMutableRawPointer, count: Int
  ) {
    precondition(count.isMultiple(of: type.blockSize), "\(count) is not whole \(type.name) blocks")
    let result = ck_quantize(Int32(type.rawValue), source, into, count)
    precondition(result == 0, "quantising to \(type.name) is not supported")
  }
}
