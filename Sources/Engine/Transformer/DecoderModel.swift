package import ModelFiles
import Tensor

/// A decoder's weights, ready to run. Immutable: any number of caches and workspaces may use it.
package final class DecoderModel: Sendable {
  package let configuration: ModelConfiguration
  /// [vocabulary][width]
  let embedding: WeightMatrix
  /// [contextLength][width], where positions are learned.
  let positions: WeightMatrix?
  let layers: [DecoderLayer]
  let outputNorm: Norm
  /// [vocabulary][width]; the embedding where they are tied.
  let head: Linear
  let angles: [Double]
  let magnitude: Double
  let windowAngles: [Double]
  let windowMagnitude: Double

  /// Takes the weights of a GGUF file.
  ///
  /// - Parameter others: done on some thread while the weights are packed; not if this throws.
  /// - Throws: ``ModelFileError`` naming the architecture, key or tensor that does not fit.
  package convenience init(
    gguf file: GGUFFile, alongside others: [@Sendable () -> Void] = []
  ) throws(ModelFileError) {
    let name = try file.string("general.architecture")
    guard let architecture = Transformer.architectures.first(where: { $0.name == name }) else {
      throw Self.unsupported(name, path: file.path, field: "general.architecture")
    }
    if let parts = try file.intIfPresent("split.count"), parts > 1 {
      throw ModelFileError(
        .unsupported, path: file.path, field: "split.count",
        message: "is \(parts): the model is split over files; join them with llama-gguf-split")
    }
    let configuration = try architecture.configuration(GGUFKeys(file: file, prefix: name))
    try self.init(configuration, WeightReader(.gguf(file)), alongside: others)
  }

  /// Takes the weights of a folder as Hugging Face saves it.
  ///
  /// - Parameter others: done on some thread while the weights are packed; not if this throws.
  /// - Throws: ``ModelFileError`` naming the architecture, key or tensor that does not fit.
  package convenience init(
    safetensors directory: String, alongside others: [@Sendable () -> Void] = []
  ) throws(ModelFileError) {
    let model = try SafetensorsModel(directory: directory)
    let keys = HubKeys(model: model)
    let type = keys.string("model_type") ?? "not given"
    guard
      let architecture = Transformer.architectures.first(where: { $0.hubTypes.contains(type) })
    else { throw Self.unsupported(type, path: keys.path, field: "model_type") }
    let configuration = try architecture.configuration(keys)
    try self.init(
      configuration, WeightReader(.hub(model, architecture)),
      mustHaveHead: keys.bool("tie_word_embeddings") == false, alongside: others)
  }

  private init(
    _ c: ModelConfiguration, _ source: WeightReader, mustHaveHead: Bool = false,
    alongside others: [@Sendable () -> Void]
  ) throws(ModelFileError) {
    try c.validate(path: source.path)
    var reader = source
    guard
      let embedding = try reader.matrixIfPresent(
        .embedding, rows: c.vocabulary, columns: c.width)
    else { throw reader.missing(.embedding) }
    var positions: WeightMatrix?
    if c.rotary == nil {
      positions = try reader.matrixIfPresent(
        .positions, rows: c.contextLength, columns: c.width)
      guard positions != nil else { throw reader.missing(.positions) }
    }
    var layers: [DecoderLayer] = []
    for number in 0..<c.layers { layers.append(try reader.layer(number, c)) }
    outputNorm = try reader.norm(.outputNorm, count: c.width, c)
    if let head = try reader.matrixIfPresent(.head, rows: c.vocabulary, columns: c.width) {
      self.head = Linear(matrix: head, bias: nil)
    } else if mustHaveHead {
      throw reader.missing(.head)
    } else {
      head = Linear(matrix: embedding, bias: nil)
    }
    // The rotary factors were read with the configuration; this marks them as used.
    _ = try reader.tensor(.rotaryFactors)
    try reader.refuseUnused()
    reader.packMatrices(alongside: others)
    configuration = c
    self.embedding = embedding
    self.positions = positions
    self.layers = layers
    (angles, magnitude) = c.rotary?.frequencies() ?? ([], 1)
    (windowAngles, windowMagnitude) = c.rotary?.windowFrequencies() ?? ([], 1)
  }

  private static func unsupported(
    _ name: String, path: String, field: String
  ) -> ModelFileError {
    let known = Transformer.architectures.map { $0.name }.joined(separator: ", ")
    return ModelFileError(
      .unsupported, path: path, field: field,
      message: "is \(name), which is not supported; use a model of one of: \(known)")
  }
}

extension WeightReader {
  /// Reads the weights of one layer.
  fileprivate mutating func layer(
    _ number: Int, _ c: ModelConfiguration
  ) throws(ModelFileError) -> DecoderLayer {
    func role(_ part: LayerRole) -> TensorRole { .layer(number, part) }
    let queryWidth = c.heads * c.headDimension
    let keyWidth = c.kvHeads * c.headDimension
    let everywhere = c.biases == .everywhere
    let inQueries = c.biases != .optional
    var attention =
      try stackedIfPresent(
        role(.fused), rows: [queryWidth, keyWidth, keyWidth], columns: c.width,
        needsBias: inQueries) ?? []
    if attention.isEmpty {
      attention = [
        try linear(role(.query), rows: queryWidth, columns: c.width, needsBias: inQueries),
        try linear(role(.key), rows: keyWidth, columns: c.width, needsBias: inQueries),
        try linear(role(.value), rows: keyWidth, columns: c.width, needsBias: inQueries),
      ]
    }
    return DecoderLayer(
      attentionNorm: try norm(role(.attentionNorm), count: c.width, c),
      query: attention[0], key: attention[1], value: attention[2],
      output: try linear(
        role(.output), rows: c.width, columns: queryWidth, needsBias: everywhere),
      queryNorm: c.queryKeyNorm ? try norm(role(.queryNorm), count: c.headDimension, c) : nil,
      keyNorm: c.queryKeyNorm ? try norm(role(.keyNorm), count: c.headDimension, c) : nil,
      postAttentionNorm: c.postNorms
        ? try norm(role(.postAttentionNorm), count: c.width, c) : nil,
      feedForwardNorm: try norm(role(.feedForwardNorm), count: c.width, c),
      gate: c.activation.isGated
        ? try linear(
          role(.gate), rows: c.feedForward, columns: c.width, needsBias: everywhere) : nil,
      up: try linear(
        role(.up), rows: c.feedForward, columns: c.width, needsBias: everywhere),
      down: try linear(
        role(.down), rows: c.width, columns: c.feedForward, needsBias: everywhere),
      postFeedForwardNorm: c.postNorms
        ? try norm(role(.postFeedForwardNorm), count: c.width, c) : nil)
  }
}
