import Forecast
import Ledger
import Testing

@testable import Venture

@Suite struct ChartsTests {
  private static let format = FigureFormat(language: .chinese, currency: .cny)
  private static let long = String(repeating: "很长的名字 and a long one ", count: 20)

  /// Boxes that the texts of a drawing take, by the estimate of widths.
  private func boxes(_ drawing: Drawing) -> [(text: String, x: ClosedRange<Double>, y: Double)] {
    drawing.shapes.compactMap { shape in
      guard case .text(let text, let at, let size, let anchor, _, _) = shape, !text.isEmpty else {
        return nil
      }
      let width = Drawing.width(of: text, size: size)
      let left = anchor == .start ? at.x : anchor == .middle ? at.x - width / 2 : at.x - width
      return (text, left...(left + width), at.y)
    }
  }

  private func collisions(_ drawing: Drawing) -> [String] {
    let boxes = boxes(drawing)
    var found: [String] = []
    for (index, first) in boxes.enumerated() {
      for second in boxes[(index + 1)...]
      where abs(first.y - second.y) < 10 && first.x.overlaps(second.x) {
        found.append("\(first.text) | \(second.text)")
      }
      if first.x.lowerBound < -1 || first.x.upperBound > drawing.width + 1 {
        found.append("outside: \(first.text)")
      }
    }
    return found
  }

  private static let start = Month(year: 2027, month: 1)

  @Test(arguments: [1, 12, 14, 30, 36, 49, 60, 72, 73, 97, 120, 600])
  func `labels of charts over months do not touch`(_ months: Int) {
    let names = ["盈亏平衡", "回本", "资金耗尽", Self.long, "a", "b", "c", "d"]
    let values = (0..<months).map { Double($0) * 1e5 }
    let stack = Charts.stack(
      names.map { ($0, values) }, start: Self.start, title: "t", format: Self.format)
    #expect(collisions(stack) == [])
    let chances = Charts.chances(
      names.prefix(4).map { ($0, values.map { $0 / 1e8 }, .accent) }, start: Self.start,
      title: "t", format: Self.format)
    #expect(collisions(chances) == [])
  }

  @Test func `labels of bars and curves do not touch`() {
    let bars = (0..<12).map { index -> (name: String, low: Double, high: Double) in
      ("\(index)\(Self.long)", Double(-index) * 1e6, Double(index) * 3e6)
    }
    #expect(
      collisions(Charts.tornado(bars, base: 0, title: "t", format: Self.format)) == [])
    let rising: [(x: Double, y: Double)] = [(0, 0), (3e7, 1)]
    let curve = Charts.curve(
      [(Self.long, rising, .accent), ("b", rising, .loss)], title: "t",
      xLabel: Self.format.money, yLabel: Self.format.percent)
    #expect(collisions(curve) == [])
    let tasks = (0..<11).map {
      index -> (name: String, start: Double, finish: Double, late: Double, isCritical: Bool) in
      let day = Double(index)
      return ("\(Self.long)\(index)", day * 9, day * 9 + 8, day * 12 + 10, index % 2 == 0)
    }
    let schedule = Charts.schedule(tasks, title: "t", label: { "2027-01-\(Int($0))" })
    #expect(collisions(schedule) == [])
  }

  @Test func `a text is fitted to its width and keeps its beginning`() {
    let fitted = Drawing.fitted(Self.long, width: 100)
    #expect(Drawing.width(of: fitted) <= 100)
    #expect(fitted.hasSuffix("…") && Self.long.hasPrefix(fitted.dropLast()))
    #expect(Drawing.fitted("short", width: 100) == "short")
  }

  @Test(
    arguments: [
      ([0.0, 1.0], 0.0, 1.0), ([-3, 7], -4, 8), ([0, 0], -1, 1), ([1e9], 0, 1e9),
    ] as [([Double], Double, Double)])
  func `an axis covers its values and has round ticks`(
    _ values: [Double], _ low: Double, _ high: Double
  ) {
    let axis = Axis(covering: values)
    #expect(axis.low <= low + 1e-9 && axis.high >= high - 1e-9)
    #expect(axis.ticks.count >= 2 && axis.ticks.count <= 12)
    #expect(values.allSatisfy { $0 >= axis.low && $0 <= axis.high })
  }
}
