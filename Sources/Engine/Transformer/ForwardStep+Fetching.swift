import Tensor

/// What is fetched before it is needed.
extension ForwardStep {
  /// The products before a layer's attention, which fetch the pages that it reads, each a share by its
  /// work. Those of gates and down belong to the layer before.
  enum Fetching {
    case gates, down, projections

    func share(_ c: ModelConfiguration) -> Range<Double> {
      let gates = Double(c.activation.isGated ? 2 * c.feedForward : c.feedForward)
      let down = gates + Double(c.feedForward)
      let all = down + Double((c.heads + 2 * c.kvHeads) * c.headDimension)
      return switch self {
      case .gates: 0..<gates / all
      case .down: gates / all..<down / all
      case .projections: down / all..<1
      }
    }
  }

  /// Bytes a thread: more would push each other out of its caches.
  private static let mostBytes = 2 << 20

  /// Pages of a layer that the product fetches.
  func upcoming(_ layer: Int, before product: Fetching) -> UpcomingPages? {
    guard layer < configuration.layers, cache.precision.paged != nil else { return nil }
    let most = Self.mostBytes * pool.threads / cache.pageStride
    return UpcomingPages(
      start: cache.start(layer: layer, page: 0, head: 0), stride: cache.pageStride,
      numbers: workspace.attention.pages.part(product.share(configuration), most: most))
  }

  /// Tells the pool what the first product after a layer reads.
  func prepareProduct(after layer: Int) {
    guard layer + 1 < model.layers.count else {
      return pool.prepareProduct(of: [model.head.matrix])
    }
    let next = model.layers[layer + 1]
    pool.prepareProduct(of: [next.query, next.key, next.value].map(\.matrix))
  }
}
