import Testing
import Tokenizers

@testable import Inference

struct AsideFromWeightsTests {
  private enum Fault: Error, CaseIterable { case tokenizer, weights, fingerprint }

  /// When a load does what may be done meanwhile.
  private enum Moment: CaseIterable { case never, forwards, backwards }

  @Test("the first fault in a fixed order is thrown, whatever is done when", arguments: 0..<8)
  func order(faults: Int) throws {
    let isFaulty = { (fault: Fault) in faults >> Fault.allCases.firstIndex(of: fault)! & 1 == 1 }
    let expected = Fault.allCases.first(where: isFaulty)
    for moment in Moment.allCases {
      let aside = AsideFromWeights(
        tokenizer: {
          if faults & 1 == 1 { throw Fault.tokenizer }
          return try Tokenizer(TokenizerDescription(model: .byteLevelBPE, tokens: ["a"]))
        },
        fingerprint: {
          if faults & 4 == 4 { throw Fault.fingerprint }
          return "f"
        })
      let load = {
        try aside.during { others in
          switch moment {
          case .never: break
          case .forwards: for other in others { other() }
          case .backwards: for other in others.reversed() { other() }
          }
          if isFaulty(.weights) { throw Fault.weights }
        }
        _ = try aside.tokenizer()
        _ = try aside.fingerprint()
      }
      if let expected {
        #expect(throws: expected, performing: load)
      } else {
        try load()
      }
    }
  }
}
