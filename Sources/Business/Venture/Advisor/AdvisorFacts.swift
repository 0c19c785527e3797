/// The facts that bear on a question, within a bound, and what they were read from (law 9).
package struct AdvisorFacts: Sendable {
  package let question: AdvisorQuestion
  package let facts: [Fact]
  package let planHash: String
  /// Of the ledger, where it was read.
  package let position: Int64?
  /// Ids of the facts that say most about the question, best first: what the program itself answers.
  package let telling: [String]

  package static let mostTelling = 3

  /// The program's own answer, true by construction: the telling facts, each with its citation.
  package var summary: String {
    let byID = Dictionary(facts.map { ($0.id, $0) }) { first, _ in first }
    let (separator, stop) = question.language == .english ? ("; ", ".") : ("；", "。")
    let sentences = telling.compactMap { byID[$0] }.map { "\($0.sentence) [\($0.id)]" }
    return sentences.isEmpty ? "" : sentences.joined(separator: separator) + stop
  }
}

/// What may be said, before the choice.
struct AdvisorCandidate: Sendable {
  let fact: Fact
  let topics: AdvisorTopics
  /// Among equals; above 10 for what is always said.
  let weight: Double

  static let headline = 10.0

  /// - Parameter about: concepts and words beside the fact's own.
  init(_ fact: Fact, weight: Double, about: String = "") {
    self.fact = fact
    self.weight = weight
    topics = AdvisorTopics("\(fact.label) \(fact.text) \(about)")
  }
}

extension AdvisorFacts {
  /// Headlines first, then by relevance to the question, then by weight, until the bound is full.
  init(
    _ question: AdvisorQuestion, candidates: [AdvisorCandidate], bound: AdvisorBound,
    planHash: String, position: Int64?
  ) {
    let asked = AdvisorTopics(question.text)
    let order = candidates.enumerated().map { index, candidate in
      (index: index, candidate: candidate, relevance: candidate.topics.overlap(asked))
    }
    var chosen: [AdvisorCandidate] = []
    var relevances: [Double] = []
    var (characters, said) = (0, Set<String>())
    func add(_ candidate: AdvisorCandidate, _ relevance: Double) {
      let sentence = candidate.fact.sentence
      guard chosen.count < bound.facts, characters + sentence.count <= bound.characters,
        said.insert(sentence).inserted
      else { return }
      characters += sentence.count
      chosen.append(candidate)
      relevances.append(relevance)
    }
    let sorted = order.sorted {
      let left = $0.relevance * 3 + $0.candidate.weight
      let right = $1.relevance * 3 + $1.candidate.weight
      return (right, $0.index) < (left, $1.index)
    }
    for entry in order where entry.candidate.weight >= AdvisorCandidate.headline {
      add(entry.candidate, entry.relevance)
    }
    for entry in sorted where entry.candidate.weight < AdvisorCandidate.headline {
      add(entry.candidate, entry.relevance)
    }
    var facts: [Fact] = []
    for (index, candidate) in chosen.enumerated() {
      var fact = candidate.fact
      fact.id = "F\(index + 1)"
      facts.append(fact)
    }
    let scores = chosen.indices.map { relevances[$0] * 3 + min(chosen[$0].weight, 4) }
    telling = facts.indices.sorted { (scores[$1], $0) < (scores[$0], $1) }
      .prefix(Self.mostTelling).map { facts[$0].id }
    self.question = question
    self.facts = facts
    self.planHash = planHash
    self.position = position
  }
}
