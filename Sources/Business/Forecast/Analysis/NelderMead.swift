/// Minimises a function without derivatives by a simplex that reflects, stretches and shrinks
/// (Nelder & Mead, 1965). For smooth functions of few variables.
enum NelderMead {
  /// - Returns: the best place found and its value, after `steps` at most.
  static func minimise(
    from start: [Double], size: Double = 0.5, steps: Int = 1_000, tolerance: Double = 1e-13,
    _ function: ([Double]) -> Double
  ) -> (place: [Double], value: Double) {
    func valued(_ place: [Double]) -> (place: [Double], value: Double) {
      let value = function(place)
      return (place, value.isNaN ? .infinity : value)
    }
    var simplex = [valued(start)]
    for axis in start.indices {
      var place = start
      place[axis] += size
      simplex.append(valued(place))
    }
    for _ in 0..<steps {
      simplex.sort { $0.value < $1.value }
      let (best, worst) = (simplex[0], simplex[simplex.count - 1])
      let extent = start.indices.map { abs(worst.place[$0] - best.place[$0]) }.max() ?? 0
      if worst.value - best.value <= tolerance * (abs(best.value) + tolerance), extent < 1e-7 {
        break
      }
      let centre = start.indices.map { axis in
        simplex.dropLast().reduce(0) { $0 + $1.place[axis] } / Double(start.count)
      }
      func along(_ factor: Double) -> (place: [Double], value: Double) {
        valued(start.indices.map { centre[$0] + factor * (centre[$0] - worst.place[$0]) })
      }
      let reflected = along(1)
      let second = simplex[simplex.count - 2].value
      if reflected.value < best.value {
        let stretched = along(2)
        simplex[simplex.count - 1] = stretched.value < reflected.value ? stretched : reflected
      } else if reflected.value < second {
        simplex[simplex.count - 1] = reflected
      } else {
        let inner = along(reflected.value < worst.value ? 0.5 : -0.5)
        if inner.value < min(worst.value, reflected.value) {
          simplex[simplex.count - 1] = inner
        } else {
          for index in simplex.indices.dropFirst() {
            simplex[index] = valued(
              start.indices.map { (simplex[index].place[$0] + best.place[$0]) / 2 })
          }
        }
      }
    }
    return simplex.min { $0.value < $1.value }!
  }
}
