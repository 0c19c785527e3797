/// Eight paths at once; the widest form that the compiler splits well into the machine's registers.
typealias Lanes = SIMD8<Double>

/// One value on each of a block's paths, aligned, in memory that its `Arena` owns.
struct Row {
  @inline(__always) static var paths: Int { 64 }
  @inline(__always) static var vectors: Int { paths / 8 }

  let base: UnsafeMutablePointer<Lanes>

  @inline(__always) subscript(vector: Int) -> Lanes {
    get { base[vector] }
    nonmutating set { base[vector] = newValue }
  }

  @inline(__always) var values: UnsafeMutablePointer<Double> {
    UnsafeMutableRawPointer(base).assumingMemoryBound(to: Double.self)
  }

  @inline(__always) func fill(_ value: Double) {
    let lanes = Lanes(repeating: value)
    for v in 0..<Row.vectors { base[v] = lanes }
  }

  @inline(__always) func copy(_ other: Row) {
    for v in 0..<Row.vectors { base[v] = other.base[v] }
  }

  @inline(__always) var reading: UnsafePointer<Double> { UnsafePointer(values) }

  @inline(__always) func add(_ other: Row) {
    for v in 0..<Row.vectors { base[v] += other.base[v] }
  }

  @inline(__always) func multiply(_ other: Row) {
    for v in 0..<Row.vectors { base[v] *= other.base[v] }
  }

  /// The row `count` rows further on, in a run of rows.
  @inline(__always) func advanced(_ count: Int) -> Row { Row(base: base + count * Row.vectors) }

  /// Of the first paths, in order.
  @inline(__always) func sum(first count: Int) -> Double {
    var total = 0.0
    for lane in 0..<count { total += values[lane] }
    return total
  }
}

/// Memory of one worker: handed out row by row before the first month, none after it.
final class Arena {
  private var blocks: [UnsafeMutableRawPointer] = []

  /// Zeros.
  func row() -> Row { rows(1) }

  /// A run of rows, zeros; `advanced` goes from one to the next.
  func rows(_ count: Int) -> Row {
    let length = max(1, count) * Row.vectors
    let size = MemoryLayout<Lanes>.stride
    let block = UnsafeMutableRawPointer.allocate(byteCount: length * size, alignment: 64)
    blocks.append(block)
    return Row(base: block.initializeMemory(as: Lanes.self, repeating: .zero, count: length))
  }

  /// What a C function reads, at one place for as long as the rows live. Trivial types only.
  func keep<Value>(_ values: [Value]) -> UnsafePointer<Value> {
    let size = max(1, values.count) * MemoryLayout<Value>.stride
    let block = UnsafeMutableRawPointer.allocate(
      byteCount: size, alignment: max(8, MemoryLayout<Value>.alignment))
    blocks.append(block)
    let base = block.bindMemory(to: Value.self, capacity: max(1, values.count))
    for (index, value) in values.enumerated() { (base + index).initialize(to: value) }
    return UnsafePointer(base)
  }

  func keep<Value>(_ value: Value) -> UnsafePointer<Value> { keep([value]) }

  deinit { for block in blocks { block.deallocate() } }
}

extension SIMD8 where Scalar == Double {
  /// `self` where the condition holds, else `other`.
  @inline(__always) func where_(_ mask: SIMDMask<SIMD8<Int64>>, else other: Self) -> Self {
    other.replacing(with: self, where: mask)
  }

  @inline(__always) func atLeast(_ bound: Double) -> Self { larger(self, Self(repeating: bound)) }
  @inline(__always) func atMost(_ bound: Double) -> Self { smaller(self, Self(repeating: bound)) }

  /// Rounded down, for 0 ≤ x < 2⁵¹: SSE2 has no instruction for it.
  @inline(__always) func floor() -> Self {
    let magic = Self(repeating: 0x1p52)
    let near = (self + magic) - magic
    return near - Self(repeating: 1).where_(near .> self, else: .zero)
  }

  @inline(__always) func ceiling() -> Self {
    let magic = Self(repeating: 0x1p52)
    let near = (self + magic) - magic
    return near + Self(repeating: 1).where_(near .< self, else: .zero)
  }
}

/// The standard library's `pointwiseMin` is a call and a loop; this is a few instructions.
@inline(__always) func smaller(_ a: Lanes, _ b: Lanes) -> Lanes {
  b.replacing(with: a, where: a .< b)
}
@inline(__always) func larger(_ a: Lanes, _ b: Lanes) -> Lanes {
  b.replacing(with: a, where: a .> b)
}

@inline(__always) func smaller(_ a: SIMD4<Double>, _ b: SIMD4<Double>) -> SIMD4<Double> {
  b.replacing(with: a, where: a .< b)
}

@inline(__always) func larger(_ a: SIMD4<Double>, _ b: SIMD4<Double>) -> SIMD4<Double> {
  b.replacing(with: a, where: a .> b)
}
