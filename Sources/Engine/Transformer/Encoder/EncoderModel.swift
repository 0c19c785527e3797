package import ModelFiles
import Tensor

/// An encoder's weights, ready to run. Immutable: any number of workspaces may use it.
package final class EncoderModel: Sendable {
  package let configuration: EncoderConfiguration
  /// [vocabulary][width]
  let words: WeightMatrix
  /// [positions][width]
  let positions: WeightMatrix
  /// [width]: the token type's row, the same for every token.
  let type: FloatBuffer?
  let norm: EncoderNorm
  let layers: [EncoderLayer]

  /// Takes the weights of a GGUF file with `general.architecture` bert.
  ///
  /// - Throws: ``ModelFileError`` naming the architecture, key or tensor that does not fit.
  package convenience init(gguf file: GGUFFile) throws(ModelFileError) {
    let name = try file.string("general.architecture")
    guard name == "bert" else {
      throw Self.unsupported(name, path: file.path, field: "general.architecture", known: "bert")
    }
    try self.init(
      Self.configuration(GGUFKeys(file: file, prefix: name)), EncoderTensors(.gguf(file)))
  }

  /// Takes the weights of a folder as Hugging Face saves it.
  ///
  /// - Throws: ``ModelFileError`` naming the architecture, key or tensor that does not fit.
  package convenience init(safetensors directory: String) throws(ModelFileError) {
    let model = try SafetensorsModel(directory: directory)
    let keys = HubKeys(model: model)
    let type = keys.string("model_type") ?? "not given"
    guard let family = EncoderFamily(modelType: type) else {
      throw Self.unsupported(
        type, path: keys.path, field: "model_type", known: "bert, roberta, distilbert")
    }
    try self.init(family.configuration(keys), EncoderTensors(.hub(model, family)))
  }

  private init(
    _ c: EncoderConfiguration, _ source: EncoderTensors
  ) throws(ModelFileError) {
    try c.validate(path: source.path)
    var tensors = source
    words = try tensors.table(.words, rows: c.vocabulary, columns: c.width)
    positions = try tensors.table(.positions, rows: c.positions, columns: c.width)
    if c.tokenTypes > 0 {
      let row = FloatBuffer(count: c.width)
      try tensors.table(.types, rows: c.tokenTypes, columns: c.width)
        .copyRow(0, into: row.pointer)
      type = row
    } else {
      type = nil
    }
    norm = try tensors.norm(.embeddingNorm, count: c.width)
    var layers: [EncoderLayer] = []
    for number in 0..<c.layers { layers.append(try EncoderLayer(&tensors, number, c)) }
    try tensors.refuseUnused()
    self.layers = layers
    configuration = c
  }

  private static func configuration(
    _ keys: GGUFKeys
  ) throws(ModelFileError) -> EncoderConfiguration {
    if try keys.file.boolIfPresent(keys.key("attention.causal")) == true {
      throw keys.error("attention.causal", "is true: an encoder attends both ways")
    }
    func rows(_ role: EncoderRole) throws(ModelFileError) -> Int {
      let name = role.ggufName + ".weight"
      guard let tensor = keys.file.tensor(name), tensor.shape.count == 2 else {
        throw ModelFileError(
          .missing, path: keys.file.path, field: name,
          message: "is missing or not a matrix; name an encoder's file")
      }
      return tensor.shape[0]
    }
    let types = keys.file.tensor(EncoderRole.types.ggufName + ".weight") == nil
    return EncoderConfiguration(
      architecture: keys.prefix,
      name: try keys.file.stringIfPresent("general.name") ?? keys.prefix,
      layers: try keys.size("block_count"), width: try keys.size("embedding_length"),
      heads: try keys.size("attention.head_count"),
      feedForward: try keys.size("feed_forward_length"), vocabulary: try rows(.words),
      positions: try rows(.positions), tokenTypes: types ? 0 : try rows(.types),
      normEpsilon: try keys.float("attention.layer_norm_epsilon"))
  }

  private static func unsupported(
    _ name: String, path: String, field: String, known: String
  ) -> ModelFileError {
    ModelFileError(
      .unsupported, path: path, field: field,
      message: "is \(name), which is not a supported encoder; use a model of one of: \(known)")
  }
}

/// One layer's weights.
struct EncoderLayer: Sendable {
  /// Query, key and value one above the other: [3 · width][width].
  let projections: FixedPointMatrix
  let attentionOutput: FixedPointMatrix
  let attentionNorm: EncoderNorm
  let up: FixedPointMatrix
  let down: FixedPointMatrix
  let outputNorm: EncoderNorm

  init(
    _ tensors: inout EncoderTensors, _ number: Int, _ c: EncoderConfiguration
  ) throws(ModelFileError) {
    let n = number
    projections = try tensors.matrix(
      [.query(n), .key(n), .value(n)], rows: c.width, columns: c.width)
    attentionOutput = try tensors.matrix([.attentionOutput(n)], rows: c.width, columns: c.width)
    attentionNorm = try tensors.norm(.attentionNorm(n), count: c.width)
    up = try tensors.matrix([.up(n)], rows: c.feedForward, columns: c.width)
    down = try tensors.matrix([.down(n)], rows: c.width, columns: c.feedForward)
    outputNorm = try tensors.norm(.outputNorm(n), count: c.width)
  }
}
