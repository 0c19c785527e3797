extension Charts {
  /// Tasks as bars over days of work: from the earliest start to the earliest finish, and a thin line
  /// on to the finish that 80 of 100 paths keep. Critical tasks are set in the accent ink.
  package static func schedule(
    _ rows: [(name: String, start: Double, finish: Double, late: Double, isCritical: Bool)],
    title: String, label: (Double) -> String, width: Double = 720
  ) -> Drawing {
    let (left, right, row) = (210.0, width - 40, 20.0)
    let foot = Double(rows.count) * row + 8
    var drawing = Drawing(width: width, height: foot + 26, title: title)
    let axis = Axis(covering: rows.flatMap { [$0.finish, $0.late] }, count: 4)
    func x(_ day: Double) -> Double { axis.position(day, from: left, to: right) }
    for tick in axis.ticks {
      drawing.line([.init(x(tick), 4), .init(x(tick), foot)], .grid)
      drawing.text(label(tick), x(tick), foot + 16, anchor: .middle, ink: .muted)
    }
    for (index, task) in rows.enumerated() {
      let y = Double(index) * row + 8
      drawing.text(
        Drawing.fitted(task.name, width: left - 14), left - 10, y + 9, anchor: .end)
      drawing.line([.init(x(task.start), y + 6), .init(x(task.late), y + 6)], .axis, width: 2)
      drawing.box(
        x(task.start), y, max(2, x(task.finish) - x(task.start)), row - 8,
        task.isCritical ? .accent : .band50)
    }
    return drawing
  }
}
