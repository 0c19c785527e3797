import ModelFiles
import Tensor

/// Finds an encoder's tensors in a file by role, checks their shapes and makes weights of them.
struct EncoderTensors {
  enum Source {
    case gguf(GGUFFile)
    case hub(SafetensorsModel, EncoderFamily)
  }

  let source: Source
  private(set) var used: Set<String> = []

  init(_ source: Source) { self.source = source }

  var path: String {
    switch source {
    case .gguf(let file): file.path
    case .hub(let model, _): model.directory
    }
  }

  // MARK: Look-up

  /// The tensor, and the name it was looked for under. Old files call a norm's weight and bias gamma
  /// and beta.
  private mutating func find(
    _ role: EncoderRole, _ suffix: String
  ) throws(ModelFileError) -> (name: String, tensor: StoredTensor?) {
    switch source {
    case .gguf(let file):
      let name = "\(role.ggufName).\(suffix)"
      guard let found = file.tensor(name) else { return (name, nil) }
      used.insert(name)
      return (name, found)
    case .hub(let model, let family):
      let base = family.name(role)
      for prefix in family.prefixes {
        for spelling in [suffix, suffix == "weight" ? "gamma" : "beta"] {
          let name = "\(prefix)\(base).\(spelling)"
          guard let found = try model.tensor(name) else { continue }
          used.insert(name)
          return (name, found)
        }
      }
      return ("\(base).\(suffix)", nil)
    }
  }

  private mutating func tensor(
    _ role: EncoderRole, _ suffix: String, _ shape: [Int]
  ) throws(ModelFileError) -> StoredTensor {
    let (name, found) = try find(role, suffix)
    guard let found else {
      throw ModelFileError(
        .missing, path: path, field: "tensor \(name)",
        message: "is missing; the file is incomplete: fetch or convert it again")
    }
    guard found.shape == shape else {
      throw ModelFileError(
        .wrongShape, path: path, field: "tensor \(name)", offset: found.offset,
        message: "has the shape \(found.shape), but the configuration asks for \(shape); convert "
          + "the model again")
    }
    return found
  }

  // MARK: Weights

  mutating func vector(
    _ role: EncoderRole, _ suffix: String, count: Int
  ) throws(ModelFileError) -> FloatBuffer {
    let values = try WeightReader.floats(try tensor(role, suffix, [count]))
    let buffer = FloatBuffer(count: count)
    for (index, value) in values.enumerated() { buffer.pointer[index] = value }
    return buffer
  }

  mutating func norm(_ role: EncoderRole, count: Int) throws(ModelFileError) -> EncoderNorm {
    EncoderNorm(
      weight: try vector(role, "weight", count: count),
      bias: try vector(role, "bias", count: count))
  }

  /// A table whose rows are looked up; it stays where it is mapped.
  mutating func table(
    _ role: EncoderRole, rows: Int, columns: Int
  ) throws(ModelFileError) -> WeightMatrix {
    let found = try tensor(role, "weight", [rows, columns])
    let readable = Readable(found.bytes, found.owner)
    do throws(TensorError) {
      return try WeightMatrix(
        type: found.type, rows: rows, columns: columns, bytes: readable.bytes,
        owner: readable.owner)
    } catch {
      throw ModelFileError(
        .wrongShape, path: path, field: "tensor \(found.name)", offset: found.offset,
        message: error.message)
    }
  }

  /// Matrices of the same shape one above the other, with their biases.
  mutating func matrix(
    _ roles: [EncoderRole], rows: Int, columns: Int
  ) throws(ModelFileError) -> FixedPointMatrix {
    var values: [Float] = []
    values.reserveCapacity(roles.count * rows * columns)
    let bias = FloatBuffer(count: roles.count * rows)
    for (index, role) in roles.enumerated() {
      values += try WeightReader.floats(try tensor(role, "weight", [rows, columns]))
      let own = try vector(role, "bias", count: rows)
      (bias.pointer + index * rows).update(from: own.pointer, count: rows)
    }
    return values.withUnsafeBufferPointer { values in
      FixedPointMatrix(
        rows: roles.count * rows, columns: columns, values: values.baseAddress!, bias: bias)
    }
  }

  /// A tensor that nobody asked for would change the result if it were understood.
  func refuseUnused() throws(ModelFileError) {
    let names: [String]
    switch source {
    case .gguf(let file): names = file.tensors.map(\.name).filter { !$0.hasPrefix("cls.") }
    case .hub(let model, _):
      names = model.files.flatMap { $0.tensors.map(\.name) }
        .filter { !EncoderFamily.isBeside($0) }
    }
    guard let unused = names.first(where: { !used.contains($0) }) else { return }
    throw ModelFileError(
      .unsupported, path: path, field: "tensor \(unused)",
      message: "is not one that this architecture has; the model is of a variant that is not "
        + "supported")
  }
}

/// LayerNorm's weight and bias.
struct EncoderNorm: Sendable {
  let weight: FloatBuffer
  let bias: FloatBuffer
}
