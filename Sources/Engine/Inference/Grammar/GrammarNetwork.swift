/// A grammar as a recursive transition network over bytes: nodes with edges that read a byte, read
/// nothing, or call a rule and go on at a node when it has matched.
struct GrammarNetwork: Sendable {
  struct ByteEdge: Sendable {
    let low: UInt8
    let high: UInt8
    let target: Int32
  }

  struct CallEdge: Sendable {
    /// Where the called rule begins.
    let start: Int32
    let target: Int32
  }

  /// The edges of all nodes, those of node n at `starts[n]..<starts[n + 1]`.
  struct Edges<Edge: Sendable>: Sendable {
    private(set) var starts: [Int32]
    private(set) var edges: [Edge]

    init(nodes: Int, _ list: [(from: Int32, edge: Edge)]) {
      var counts = [Int32](repeating: 0, count: nodes + 1)
      for entry in list { counts[Int(entry.from) + 1] += 1 }
      for node in 0..<nodes { counts[node + 1] += counts[node] }
      starts = counts
      // A stable counting sort by node.
      var order = [Int](repeating: 0, count: list.count)
      for (index, entry) in list.enumerated() {
        order[Int(counts[Int(entry.from)])] = index
        counts[Int(entry.from)] += 1
      }
      edges = order.map { list[$0].edge }
    }

    func range(_ node: Int32) -> Range<Int> {
      Int(starts[Int(node)])..<Int(starts[Int(node) + 1])
    }

    subscript(node: Int32) -> ArraySlice<Edge> { edges[range(node)] }
  }

  let nodes: Int
  let root: Int32
  let bytes: Edges<ByteEdge>
  let jumps: Edges<Int32>
  let calls: Edges<CallEdge>
  /// The node ends its rule. Such nodes have no edges.
  let accepts: [Bool]
  /// Bytes that no edge tells apart have one class.
  let classOfByte: [UInt8]
  /// A byte of each class.
  let bytesOfClass: [UInt8]

  var classes: Int { bytesOfClass.count }

  init(_ builder: GrammarNetworkBuilder, root: Int32) {
    nodes = builder.nodes
    self.root = root
    bytes = Edges(nodes: nodes, builder.byteEdges)
    jumps = Edges(nodes: nodes, builder.jumpEdges)
    calls = Edges(nodes: nodes, builder.callEdges)
    accepts = builder.accepts
    var isBorder = [Bool](repeating: false, count: 257)
    isBorder[0] = true
    for (_, edge) in builder.byteEdges {
      isBorder[Int(edge.low)] = true
      isBorder[Int(edge.high) + 1] = true
    }
    var classOfByte: [UInt8] = []
    var bytesOfClass: [UInt8] = []
    for byte in 0..<256 {
      if isBorder[byte] { bytesOfClass.append(UInt8(byte)) }
      classOfByte.append(UInt8(bytesOfClass.count - 1))
    }
    self.classOfByte = classOfByte
    self.bytesOfClass = bytesOfClass
  }
}
