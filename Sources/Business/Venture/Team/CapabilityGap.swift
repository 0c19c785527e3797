/// A need beside what there is.
package struct CapabilityGap: Sendable, Hashable, Codable {
  package var stage: Capability.Stage
  package var capability: String
  package var group: Capability.Group
  package var neededLevel: Double
  /// The best level in the team.
  package var bestLevel: Double
  package var neededPeople: Double
  /// Full-time equivalents at the needed level or above.
  package var people: Double
  /// How many must leave until no one at the level is left: 0 when no one is.
  package var busFactor: Int
  package var weight: Double

  package var levelShort: Double { max(0, neededLevel - bestLevel) }
  package var peopleShort: Double { max(0, neededPeople - people) }
  package var isMet: Bool { levelShort == 0 && peopleShort < 1e-9 }
  /// Weight × the share that is missing: of the level when no one has it, else of the people.
  package var severity: Double {
    if levelShort > 0 {
      return weight * max(levelShort / neededLevel, peopleShort / max(neededPeople, 1e-9))
    }
    return neededPeople > 0 ? weight * peopleShort / neededPeople : 0
  }
}

extension Team {
  /// Someone who can do something: of the team, or a hire (once for each of `count`).
  package struct Member: Sendable, Hashable, Codable {
    package var id: String
    package var name: String
    package var share: Double
    package var levels: [String: Double]
    package var isHire: Bool
  }

  /// The people there are; with `hires`, also those planned up to the stage (`counts`: heads by
  /// hire's id; 1 where it says nothing); with `trained`, at the level after their courses.
  package func members(
    upTo stage: Capability.Stage? = nil, counts: [String: Int] = [:], trained: Bool = false
  ) -> [Member] {
    var members = people.map {
      Member(id: $0.id, name: $0.name, share: $0.share, levels: $0.levels, isHire: false)
    }
    for hire in hires where stage == .growth || (stage == .startup && hire.stage == .startup) {
      let count = min(max(counts[hire.id] ?? 1, 0), 1_000)
      for index in 0..<count {
        members.append(
          Member(
            id: count == 1 ? hire.id : "\(hire.id)#\(index + 1)", name: hire.name, share: 1,
            levels: hire.levels, isHire: true))
      }
    }
    guard trained else { return members }
    for course in training {
      for index in members.indices
      where course.people.contains(String(members[index].id.prefix { $0 != "#" })) {
        let before = members[index].levels[course.capability] ?? 0
        members[index].levels[course.capability] = max(before, course.level)
      }
    }
    return members
  }

  /// The gap matrix of a stage, most severe first; ties by the plan's order.
  package func gaps(stage: Capability.Stage, members: [Member]) -> [CapabilityGap] {
    let groups = Dictionary(
      capabilities.map { ($0.id, $0.group) }, uniquingKeysWith: { first, _ in first })
    let gaps = needs.filter { $0.stage == stage }.map { need in
      let able = members.filter { ($0.levels[need.capability] ?? 0) >= need.level }
      return CapabilityGap(
        stage: stage, capability: need.capability,
        group: groups[need.capability] ?? .collaboration, neededLevel: need.level,
        bestLevel: members.map { $0.levels[need.capability] ?? 0 }.max() ?? 0,
        neededPeople: need.people, people: able.reduce(0) { $0 + $1.share },
        busFactor: able.count, weight: need.weight)
    }
    return gaps.enumerated().sorted {
      ($1.element.severity, $0.offset) < ($0.element.severity, $1.offset)
    }.map(\.element)
  }
}
