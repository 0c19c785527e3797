extension KeyValueCache {
  /// Copies all of a page, in every layer: two sequences that begin alike part inside it.
  package func copyPage(from source: Int, to target: Int) {
    precondition((0..<pages).contains(source) && (0..<pages).contains(target) && source != target)
    // A page's heads follow each other.
    let size = heads * headBytes
    for layer in 0..<layers {
      keys(layer: layer, page: target, head: 0).copyMemory(
        from: keys(layer: layer, page: source, head: 0), byteCount: size)
      values(layer: layer, page: target, head: 0).copyMemory(
        from: values(layer: layer, page: source, head: 0), byteCount: size)
    }
  }
}
