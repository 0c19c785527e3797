/// Tokens and requests of a period.
package struct Volume: Hashable, Sendable {
  package var requests = 0
  package var unrated = 0
  package var input = 0
  package var cachedInput = 0
  package var output = 0
  package var tokens: Int { input + cachedInput + output }

  package init() {}
  package init(_ totals: some Sequence<UsageTotal>) { for total in totals { add(total) } }

  package mutating func add(_ total: UsageTotal) {
    requests += total.requests
    unrated += total.unrated
    input += total.input
    cachedInput += total.cachedInput
    output += total.output
  }
}
