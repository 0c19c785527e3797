import ModelFiles
import Tensor
import Testing

@testable import Transformer

/// Writes a fixture's weights as llama.cpp's converter would: its names and keys, the rows of Llama's
/// queries and keys reordered, Gemma's norms with 1 added, GPT-2's matrices transposed.
struct GGUFConversion {
  let fixture: Fixture
  let model: SafetensorsModel
  let configuration: ModelConfiguration
  /// Leaves a tensor out, replaces it or adds one.
  var edits: [String: Edit] = [:]

  /// What matrices are stored as where their rows are whole blocks; f32 elsewhere.
  var matrixType = ElementType.f32

  enum Edit { case drop, reshape([Int]) }

  init(_ fixture: Fixture) throws {
    self.fixture = fixture
    model = try SafetensorsModel(directory: fixture.directory)
    configuration = try fixture.model().configuration
  }

  private var architecture: any Architecture.Type {
    Transformer.architectures.first { $0.name == configuration.architecture }!
  }

  /// The converted model, opened.
  func open() throws -> DecoderModel {
    let file = TemporaryFile()
    try writer().write(to: file.path)
    return try DecoderModel(gguf: GGUFFile(path: file.path))
  }

  func writer() throws -> GGUFWriter {
    var writer = GGUFWriter()
    setKeys(&writer)
    try addTensors(&writer)
    return writer
  }

  private func setKeys(_ writer: inout GGUFWriter) {
    let c = configuration
    writer.set("general.architecture", .string(c.architecture))
    func size(_ key: String, _ value: Int) {
      writer.set("\(c.architecture).\(key)", .uint32(UInt32(value)))
    }
    func number(_ key: String, _ value: Double) {
      writer.set("\(c.architecture).\(key)", .float32(Float(value)))
    }
    size("block_count", c.layers)
    size("context_length", c.contextLength)
    size("embedding_length", c.width)
    size("feed_forward_length", c.feedForward)
    size("attention.head_count", c.heads)
    size("attention.head_count_kv", c.kvHeads)
    size("attention.key_length", c.headDimension)
    size("attention.value_length", c.headDimension)
    number(
      c.normalization == .rms
        ? "attention.layer_norm_rms_epsilon" : "attention.layer_norm_epsilon",
      Double(c.normEpsilon))
    if let window = c.window { size("attention.sliding_window", window) }
    if c.logitSoftCap > 0 { number("final_logit_softcapping", Double(c.logitSoftCap)) }
    guard let rotary = c.rotary else { return }
    size("rope.dimension_count", rotary.dimension)
    number("rope.freq_base", rotary.base)
    switch rotary.scaling {
    case .none, .factors: break
    case .linear(let factor):
      writer.set("\(c.architecture).rope.scaling.type", .string("linear"))
      number("rope.scaling.factor", factor)
    case .yarn(let yarn):
      writer.set("\(c.architecture).rope.scaling.type", .string("yarn"))
      number("rope.scaling.factor", yarn.factor)
      size("rope.scaling.original_context_length", yarn.originalContext)
    }
  }

  private func addTensors(_ writer: inout GGUFWriter) throws {
    var roles: [TensorRole] = [.embedding, .positions, .outputNorm, .head]
    for layer in 0..<configuration.layers {
      roles += LayerRole.allCases.map { .layer(layer, $0) }
    }
    var reader = WeightReader(.hub(model, architecture))
    for role in roles {
      for suffix in ["weight", "bias"] {
        guard let tensor = try reader.tensor(role, suffix) else { continue }
        add(try converted(tensor, role), "\(role.ggufName).\(suffix)", &writer)
      }
    }
    if case .factors(let factors) = configuration.rotary?.scaling {
      add(([factors.count], factors), "rope_freqs.weight", &writer)
    }
  }

  private func add(
    _ tensor: (shape: [Int], values: [Float]), _ name: String, _ writer: inout GGUFWriter
  ) {
    switch edits[name] {
    case .drop: break
    case .reshape(let shape): writer.add(name, shape: shape, floats: tensor.values)
    case nil where tensor.shape.count == 2 && tensor.shape[1].isMultiple(of: matrixType.blockSize):
      let bytes = Self.quantized(tensor.values, matrixType)
      writer.add(name, type: matrixType, shape: tensor.shape, bytes: bytes)
    case nil: writer.add(name, shape: tensor.shape, floats: tensor.values)
    }
  }

  static func quantized(_ values: [Float], _ type: ElementType) -> [UInt8] {
    let size = type.byteCount(elements: values.count)!
    return [UInt8](unsafeUninitializedCapacity: size) { buffer, initialized in
      Kernels.quantize(type, values, into: buffer.baseAddress!, count: values.count)
      initialized = size
    }
  }

  private func converted(
    _ tensor: StoredTensor, _ role: TensorRole
  ) throws -> (shape: [Int], values: [Float]) {
    var values = try WeightReader.floats(tensor)
    var shape = tensor.shape
    if shape.count == 1, tensor.name.hasSuffix("norm.weight") {
      values = values.map { $0 + architecture.hubNormOffset }
    }
    if shape.count == 2, architecture.isTransposed(role) {
      let (rows, columns) = (shape[0], shape[1])
      values = (0..<columns * rows).map { values[$0 % rows * columns + $0 / rows] }
      shape = [columns, rows]
    }
    if case .layer(_, .queryNorm) = role {
      // GGUF has no key for a scale of attention that is not 1/√(head width): it is folded in here.
      let factor = configuration.attentionScale * Float(configuration.headDimension).squareRoot()
      values = values.map { $0 * factor }
    }
    guard configuration.architecture == "llama", case .layer(_, let part) = role else {
      return (shape, values)
    }
    if part == .query { values = interleaved(values, heads: configuration.heads) }
    if part == .key { values = interleaved(values, heads: configuration.kvHeads) }
    return (shape, values)
  }

  /// Puts a head's row i + half after its row i.
  private func interleaved(_ values: [Float], heads: Int) -> [Float] {
    let dimension = configuration.headDimension
    let width = values.count / (heads * dimension)
    var result: [Float] = []
    for row in 0..<heads * dimension {
      let (head, index) = (row / dimension, row % dimension)
      let source = head * dimension + index / 2 + index % 2 * dimension / 2
      result += values[source * width..<(source + 1) * width]
    }
    return result
  }
}
