import ModelFiles
import Tensor

/// Finds an architecture's tensors in a file by role, checks their shapes and makes weights of them.
struct WeightReader {
  enum Source {
    case gguf(GGUFFile)
    case hub(SafetensorsModel, any Architecture.Type)
  }

  let source: Source
  private(set) var used: Set<String> = []
  private let packer = WeightPacker(defers: true)

  init(_ source: Source) { self.source = source }

  var path: String {
    switch source {
    case .gguf(let file): file.path
    case .hub(let model, _): model.directory
    }
  }

  // MARK: Look-up

  mutating func tensor(
    _ role: TensorRole, _ suffix: String = "weight"
  ) throws(ModelFileError) -> StoredTensor? {
    switch source {
    case .gguf(let file):
      let name = "\(role.ggufName).\(suffix)"
      guard let found = file.tensor(name) else { return nil }
      used.insert(name)
      return found
    case .hub(let model, let architecture):
      guard let base = architecture.hubName(role) else { return nil }
      for prefix in [""] + architecture.hubPrefixes {
        let name = "\(prefix)\(base).\(suffix)"
        guard let found = try model.tensor(name) else { continue }
        used.insert(name)
        return found
      }
      return nil
    }
  }

  /// The name under which a role's tensor is looked for.
  func name(_ role: TensorRole, _ suffix: String) -> String {
    switch source {
    case .gguf: "\(role.ggufName).\(suffix)"
    case .hub(_, let architecture): "\(architecture.hubName(role) ?? "\(role)").\(suffix)"
    }
  }

  func missing(_ role: TensorRole, _ suffix: String = "weight") -> ModelFileError {
    ModelFileError(
      .missing, path: path, field: "tensor \(name(role, suffix))",
      message: "is missing; the file is incomplete: fetch or convert it again")
  }

  private func check(_ tensor: StoredTensor, _ shape: [Int]) throws(ModelFileError) {
    guard tensor.shape == shape else {
      throw ModelFileError(
        .wrongShape, path: path, field: "tensor \(tensor.name)", offset: tensor.offset,
        message: "has the shape \(tensor.shape), but the configuration asks for \(shape); convert "
          + "the model again")
    }
  }

  // MARK: Vectors

  /// Any tensor's elements as f32.
  static func floats(_ tensor: StoredTensor) throws(ModelFileError) -> [Float] {
    let count = tensor.elements
    let readable = Readable(tensor.bytes, tensor.owner)
    guard count > 0, let start = readable.bytes.baseAddress else { return [] }
    return withExtendedLifetime(readable) {
      [Float](unsafeUninitializedCapacity: count) { buffer, initialized in
        Kernels.dequantize(tensor.type, start, into: buffer.baseAddress!, count: count)
        initialized = count
      }
    }
  }

  mutating func vectorIfPresent(
    _ role: TensorRole, _ suffix: String, count: Int, plus offset: Float = 0
  ) throws(ModelFileError) -> FloatBuffer? {
    guard let found = try tensor(role, suffix) else { return nil }
    try check(found, [count])
    let buffer = FloatBuffer(count: count)
    for (index, value) in try Self.floats(found).enumerated() {
      buffer.pointer[index] = value + offset
    }
    return buffer
  }

  mutating func norm(
    _ role: TensorRole, count: Int, _ configuration: ModelConfiguration
  ) throws(ModelFileError) -> Norm {
    var offset: Float = 0
    if case .hub(_, let architecture) = source { offset = architecture.hubNormOffset }
    guard let weight = try vectorIfPresent(role, "weight", count: count, plus: offset) else {
      throw missing(role)
    }
    return Norm(
      kind: configuration.normalization, epsilon: configuration.normEpsilon, weight: weight,
      bias: try bias(role, count, required: configuration.biases == .everywhere))
  }

  private mutating func bias(
    _ role: TensorRole, _ count: Int, required: Bool
  ) throws(ModelFileError) -> FloatBuffer? {
    let found = try vectorIfPresent(role, "bias", count: count)
    if required && found == nil { throw missing(role, "bias") }
    return found
  }

  // MARK: Matrices

  /// Reads a [rows][columns] matrix without a bias.
  mutating func matrixIfPresent(
    _ role: TensorRole, rows: Int, columns: Int
  ) throws(ModelFileError) -> WeightMatrix? {
    guard let found = try tensor(role) else { return nil }
    return try stacked(found, role, [rows], columns)[0]
  }

  mutating func linear(
    _ role: TensorRole, rows: Int, columns: Int, needsBias: Bool
  ) throws(ModelFileError) -> Linear {
    guard let matrix = try matrixIfPresent(role, rows: rows, columns: columns) else {
      throw missing(role)
    }
    return Linear(matrix: matrix, bias: try bias(role, rows, required: needsBias))
  }

  /// Reads a matrix that holds several, one above the other, and its bias likewise; nil if absent.
  mutating func stackedIfPresent(
    _ role: TensorRole, rows: [Int], columns: Int, needsBias: Bool
  ) throws(ModelFileError) -> [Linear]? {
    guard let found = try tensor(role) else { return nil }
    let matrices = try stacked(found, role, rows, columns)
    let bias = try bias(role, rows.reduce(0, +), required: needsBias)
    var first = 0
    return zip(matrices, rows).map { matrix, count in
      defer { first += count }
      return Linear(matrix: matrix, bias: bias.map { $0.slice(first, count) })
    }
  }

  private func stacked(
    _ tensor: StoredTensor, _ role: TensorRole, _ rows: [Int], _ columns: Int
  ) throws(ModelFileError) -> [WeightMatrix] {
    let total = rows.reduce(0, +)
    var readable = Readable(tensor.bytes, tensor.owner)
    var type = tensor.type
    if case .hub(_, let architecture) = source, architecture.isTransposed(role) {
      try check(tensor, [columns, total])
      readable = Readable(transposing: try Self.floats(tensor), rows: columns, columns: total)
      type = .f32
    } else {
      try check(tensor, [total, columns])
    }
    var matrices: [WeightMatrix] = []
    var start = 0
    for count in rows {
      let bytes = readable.bytes.count / total * count
      let slice = UnsafeRawBufferPointer(rebasing: readable.bytes[start..<start + bytes])
      start += bytes
      do throws(TensorError) {
        matrices.append(
          try WeightMatrix(
            type: type, rows: count, columns: columns, bytes: slice, owner: readable.owner,
            packer: packer))
      } catch {
        throw ModelFileError(
          .wrongShape, path: path, field: "tensor \(tensor.name)", offset: tensor.offset,
          message: error.message)
      }
    }
    return matrices
  }

  /// Packs the matrices, which hold zeros before; see ``WeightPacker/finish(alongside:)``.
  func packMatrices(alongside others: [@Sendable () -> Void]) { packer.finish(alongside: others) }

  // MARK: Leftovers

  /// A tensor that nobody asked for would change the result if it were understood.
  func refuseUnused() throws(ModelFileError) {
    let names: [String]
    switch source {
    case .gguf(let file):
      // Llama's rotary constants, which old converters wrote, follow from the configuration.
      names = file.tensors.map(\.name).filter { !$0.hasSuffix(".attn_rot_embd.weight") }
    case .hub(let model, _):
      names = model.files.flatMap { $0.tensors.map(\.name) }.filter { !Self.isBuffer($0) }
    }
    guard let unused = names.first(where: { !used.contains($0) }) else { return }
    throw ModelFileError(
      .unsupported, path: path, field: "tensor \(unused)",
      message: "is not one that this architecture has; the model is of a variant that is not "
        + "supported")
  }

  /// Constants that old versions of transformers saved beside the weights.
  private static func isBuffer(_ name: String) -> Bool {
    name.hasSuffix(".attn.bias") || name.hasSuffix(".attn.masked_bias")
      || name.hasSuffix(".rotary_emb.inv_freq")
  }
}

extension FloatBuffer {
  fileprivate func slice(_ first: Int, _ count: Int) -> FloatBuffer {
    let result = FloatBuffer(count: count)
    result.pointer.update(from: pointer + first, count: count)
    return result
  }
}
