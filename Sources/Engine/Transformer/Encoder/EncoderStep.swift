import Tensor

/// The parts of a step, each over some rows or heads, on the calling thread.
struct EncoderStep {
  let model: EncoderModel
  let workspace: EncoderWorkspace

  private var c: EncoderConfiguration { model.configuration }

  /// hidden = norm(word + position + type)
  func embed(_ rows: Range<Int>, _ tokens: [Int32], _ places: [Int]) {
    let width = c.width
    withUnsafeTemporaryAllocation(of: Float.self, capacity: width) { place in
      let place = place.baseAddress!
      for row in rows {
        let hidden = workspace.hidden.pointer + row * width
        model.words.copyRow(Int(tokens[row]), into: hidden)
        model.positions.copyRow(places[row], into: place)
        // The order of transformers: the word and its type, then the position.
        if let type = model.type { Kernels.add(type.pointer, into: hidden, count: width) }
        Kernels.add(place, into: hidden, count: width)
        normalize(hidden, model.norm)
      }
    }
  }

  /// Queries, keys and values of a layer.
  func project(_ rows: Range<Int>, layer: Int, _ scratch: EncoderScratch) {
    model.layers[layer].projections.multiply(
      workspace.hidden.pointer + rows.lowerBound * c.width, count: rows.count,
      into: workspace.projections.pointer + rows.lowerBound * 3 * c.width, yStride: 3 * c.width,
      scratch: scratch.quantized.pointer)
  }

  func attend(_ unit: AttentionUnit, _ batch: EncoderBatch, _ scratch: EncoderScratch) {
    let width = c.width
    let size = c.headDimension
    for sequence in unit.sequences {
      let range = batch.range(sequence)
      let attention = WholeAttention(
        length: range.count, headDimension: size, stride: 3 * width, outStride: width,
        scale: 1 / Float(size).squareRoot())
      let base = workspace.projections.pointer + range.lowerBound * 3 * width
      let out = workspace.attended.pointer + range.lowerBound * width
      for head in unit.heads {
        let query = base + head * size
        attention.attend(
          query: query, key: query + width, value: query + 2 * width, rows: 0..<range.count,
          out: out + head * size, scratch: scratch.attention.pointer)
      }
    }
  }

  /// hidden = norm(hidden + attention's output); hidden = norm(hidden + feed-forward(hidden))
  func mix(_ rows: Range<Int>, layer: Int, _ scratch: EncoderScratch) {
    let layer = model.layers[layer]
    let hidden = workspace.hidden.pointer + rows.lowerBound * c.width
    let projected = scratch.projected.pointer
    let quantized = UnsafeMutableRawPointer(scratch.quantized.pointer)
    layer.attentionOutput.multiply(
      workspace.attended.pointer + rows.lowerBound * c.width, count: rows.count, into: projected,
      yStride: c.width, scratch: quantized)
    join(projected, to: hidden, rows.count, layer.attentionNorm)
    let inner = scratch.feedForward.pointer
    layer.up.multiply(
      hidden, count: rows.count, into: inner, yStride: c.feedForward, scratch: quantized)
    switch c.activation {
    case .gelu: Kernels.gelu(inner, count: rows.count * c.feedForward)
    case .geluTanh: Kernels.geluTanh(inner, count: rows.count * c.feedForward)
    }
    layer.down.multiply(
      inner, count: rows.count, into: projected, yStride: c.width, scratch: quantized)
    join(projected, to: hidden, rows.count, layer.outputNorm)
  }

  private func join(
    _ x: UnsafeMutablePointer<Float>, to hidden: UnsafeMutablePointer<Float>, _ rows: Int,
    _ norm: EncoderNorm
  ) {
    Kernels.add(x, into: hidden, count: rows * c.width)
    for row in 0..<rows { normalize(hidden + row * c.width, norm) }
  }

  private func normalize(_ row: UnsafeMutablePointer<Float>, _ norm: EncoderNorm) {
    Kernels.layerNorm(
      row, weight: norm.weight.pointer, bias: norm.bias.pointer, epsilon: c.normEpsilon,
      count: c.width, into: row)
  }
}
