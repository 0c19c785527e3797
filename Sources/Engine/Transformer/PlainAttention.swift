import Tensor

#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#else
  import Darwin
#endif

/// Attention of one query over an f32 cache, as the definition says it: the reference for the fast
/// path, and exact enough to compare with other implementations.
struct PlainAttention {
  let cache: KeyValueCache
  let layer: Int
  let head: Int
  /// The sequence's pages.
  let table: [Int32]

  /// out = Σ softmax(cap(scale · query · key)) · value over positions first..<length.
  func attend(
    _ query: UnsafePointer<Float>, first: Int, length: Int, configuration c: ModelConfiguration,
    scores: UnsafeMutablePointer<Float>, into out: UnsafeMutablePointer<Float>
  ) {
    let dimension = c.headDimension
    for position in first..<length {
      let key = slot(position, cache.exactKeys)
      var dot: Float = 0
      for index in 0..<dimension { dot += query[index] * key[index] }
      dot *= c.attentionScale
      if c.attentionSoftCap > 0 { dot = c.attentionSoftCap * tanh(dot / c.attentionSoftCap) }
      scores[position - first] = dot
    }
    Kernels.softmax(scores, count: length - first)
    out.update(repeating: 0, count: dimension)
    for position in first..<length {
      let value = slot(position, cache.exactValues)
      let weight = scores[position - first]
      for index in 0..<dimension { out[index] += weight * value[index] }
    }
  }

  private func slot(
    _ position: Int,
    _ part: (UnsafeMutableRawPointer, _ slot: Int) -> UnsafeMutablePointer<Float>
  ) -> UnsafePointer<Float> {
    let length = KeyValueCache.pageLength, page = Int(table[position / length])
    return UnsafePointer(
      part(cache.start(layer: layer, page: page, head: head), position % length))
  }
}
