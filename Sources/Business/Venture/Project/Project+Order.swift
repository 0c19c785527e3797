extension Project {
  /// Indices so that each task comes after those it waits for, by Kahn's algorithm, O(tasks + edges);
  /// ties keep the file's order. Nil when tasks wait for each other in a circle. Unknown ids in
  /// `after` are ignored (the reader reports them).
  package var order: [Int]? {
    let after = predecessors
    var waiting = after.map(\.count)
    var next = [[Int]](repeating: [], count: tasks.count)
    for (task, before) in after.enumerated() { for one in before { next[one].append(task) } }
    var ready = tasks.indices.filter { waiting[$0] == 0 }
    var done: [Int] = []
    var head = 0
    while head < ready.count {
      let task = ready[head]
      head += 1
      done.append(task)
      for follower in next[task] {
        waiting[follower] -= 1
        if waiting[follower] == 0 { ready.append(follower) }
      }
    }
    return done.count == tasks.count ? done : nil
  }

  /// A circle of tasks that wait for each other, by id, first repeated at the end; nil without one.
  package var circle: [String]? {
    guard order == nil else { return nil }
    let after = predecessors
    var state = [Int](repeating: 0, count: tasks.count)
    var trail: [Int] = []
    func visit(_ task: Int) -> [String]? {
      if state[task] == 2 { return nil }
      if state[task] == 1 {
        guard let from = trail.firstIndex(of: task) else { return nil }
        return (trail[from...] + [task]).reversed().map { tasks[$0].id }
      }
      state[task] = 1
      trail.append(task)
      for before in after[task] { if let found = visit(before) { return found } }
      trail.removeLast()
      state[task] = 2
      return nil
    }
    for task in tasks.indices { if let found = visit(task) { return found } }
    return nil
  }

  /// Place of each id; of two with the same id the first.
  var positions: [String: Int] {
    Dictionary(tasks.indices.map { (tasks[$0].id, $0) }, uniquingKeysWith: { first, _ in first })
  }

  var predecessors: [[Int]] {
    let positions = positions
    return tasks.map { task in Set(task.after).sorted().compactMap { positions[$0] } }
  }
}
