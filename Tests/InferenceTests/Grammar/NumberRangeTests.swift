import Testing

@testable import Inference

struct NumberRangeTests {
  private func grammar(_ schema: String) throws -> CompiledGrammar {
    try CompiledGrammar(schema: schema, whitespace: .compact)
  }

  @Test func `integers between bounds are exactly those`() throws {
    var random = SplitMix(seed: 3)
    for _ in 0..<60 {
      let low = Int.random(in: -250...250, using: &random)
      let high = low + Int.random(in: 0...300, using: &random)
      let both = try grammar(#"{"type":"integer","minimum":\#(low),"maximum":\#(high)}"#)
      let above = try grammar(#"{"type":"integer","exclusiveMinimum":\#(low)}"#)
      let below = try grammar(#"{"type":"integer","exclusiveMaximum":\#(high)}"#)
      for value in -600...600 {
        #expect(both.accepts("\(value)") == (low...high).contains(value), "\(value) \(low) \(high)")
        #expect(above.accepts("\(value)") == (value > low), "\(value) \(low)")
        #expect(below.accepts("\(value)") == (value < high), "\(value) \(high)")
      }
      #expect(!both.accepts("-0") && !both.accepts("00") && !both.accepts(""))
    }
  }

  @Test func `decimals between bounds are exactly those`() throws {
    var random = SplitMix(seed: 4)
    for _ in 0..<60 {
      let scale = [1, 10, 100].randomElement(using: &random) ?? 1
      let low = Int.random(in: -1500...1500, using: &random)
      let high = low + Int.random(in: 0...900, using: &random)
      func text(_ hundredths: Int, _ digits: Int) -> String {
        let magnitude = hundredths.magnitude
        let fraction = String(magnitude % 100 + 100).dropFirst()
        return (hundredths < 0 ? "-" : "") + "\(magnitude / 100)."
          + (digits == 1 && fraction.last == "0" ? String(fraction.dropLast()) : String(fraction))
      }
      let (a, b) = (low * 100 / scale, high * 100 / scale)
      let inclusive = try grammar(
        #"{"type":"number","minimum":\#(text(a, 2)),"maximum":\#(text(b, 2))}"#)
      let exclusive =
        a < b
        ? try grammar(
          #"{"type":"number","exclusiveMinimum":\#(text(a, 2)),"exclusiveMaximum":\#(text(b, 2))}"#)
        : nil
      for offset in -120...120 {
        for value in [a + offset, b + offset] where value != 0 {
          for digits in 1...2 {
            let spelled = text(value, digits)
            #expect(inclusive.accepts(spelled) == (a...b).contains(value), "\(spelled) \(a) \(b)")
            if let exclusive {
              #expect(
                exclusive.accepts(spelled) == (value > a && value < b), "\(spelled) \(a) \(b)")
            }
          }
          if value % 100 == 0 {
            #expect(inclusive.accepts("\(value / 100)") == (a...b).contains(value))
          }
        }
      }
    }
  }

  @Test func `bounds may be written with an exponent`() throws {
    let million = try grammar(#"{"type":"integer","minimum":1e3,"maximum":2.5E3}"#)
    #expect(million.accepts("1000") && million.accepts("2500"))
    #expect(!million.accepts("999") && !million.accepts("2501"))
    let small = try grammar(#"{"type":"number","minimum":5e-1}"#)
    #expect(small.accepts("0.5") && !small.accepts("0.4"))
  }

  @Test func `without bounds a number ends`() throws {
    let number = try grammar(#"{"type":"number"}"#)
    for text in ["0", "-0.5", "12e+10", "1.25E-3"] { #expect(number.accepts(text)) }
    for text in ["01", "1.", ".5", "+1", "1e400", "12345678901234567"] {
      #expect(!number.accepts(text), "\(text)")
    }
  }
}
