/// Schemas of every kind that the compiler takes, drawn at random.
struct RandomSchema {
  var random: SplitMix
  private static let names = ["a", "na", "name", "é", "x\\\"y", "long name", "b/c", "0"]

  init(seed: UInt64) { random = SplitMix(seed: seed) }

  private mutating func pick<T>(_ items: [T]) -> T {
    items[Int.random(in: 0..<items.count, using: &random)]
  }

  private mutating func chance(_ one: Int) -> Bool { Int.random(in: 0..<one, using: &random) == 0 }

  mutating func document() -> String {
    // Half of them have something to refer to, itself with an end.
    guard chance(2) else { return schema(depth: 3) }
    let node =
      #"{"type":"object","properties":{"v":\#(schema(depth: 1)),"#
      + ##""next":{"anyOf":[{"$ref":"#/$defs/node"},{"type":"null"}]}},"##
      + #""required":["v","next"],"additionalProperties":false}"#
    return #"{"$defs":{"node":\#(node)},"type":"object","required":["n"],"properties":"#
      + ##"{"n":{"$ref":"#/$defs/node"},"o":\##(schema(depth: 2))}}"##
  }

  mutating func schema(depth: Int) -> String {
    switch Int.random(in: 0..<(depth > 0 ? 16 : 10), using: &random) {
    case 0: return string()
    case 1: return integer()
    case 2: return number()
    case 3:
      return pick([
        #"{"type":"boolean"}"#, #"{"type":"null"}"#, #"{"type":["string","null"]}"#,
      ])
    case 4: return #"{"enum":["a","b\"c",1,null,true,{"k":[1,2]}]}"#
    case 5: return pick([#"{"const":"fixed"}"#, #"{"const":[1,"x"]}"#, #"{"const":-1.5}"#])
    case 6: return pattern()
    case 7: return chance(6) ? "true" : string()
    case 8: return #"{"type":["integer","boolean"],"minimum":3}"#
    case 9: return integer()
    case 10, 11: return array(depth: depth - 1)
    case 12: return combination(depth: depth - 1)
    default: return object(depth: depth - 1)
    }
  }

  private mutating func string() -> String {
    let least = Int.random(in: 0...4, using: &random)
    switch Int.random(in: 0..<4, using: &random) {
    case 0: return #"{"type":"string"}"#
    case 1: return #"{"type":"string","minLength":\#(least)}"#
    case 2: return #"{"type":"string","maxLength":\#(least)}"#
    default: return #"{"type":"string","minLength":\#(least),"maxLength":\#(least + 20)}"#
    }
  }

  private mutating func pattern() -> String {
    // Anchored: a random walk seldom finds the end of others, which `PatternTests` has.
    let patterns = [
      "^[a-z]{2,5}$", "^ab+c", "^(yes|no|maybe)$", #"^\\d{3}-\\d{2}$"#, #"^[^a-c\\\"]{0,6}$"#,
      "^a|^b$", #"^\\S{1,3}@\\w{1,2}\\.com$"#, "^.{2}x?$", "^(?:a(?:b|c){1,3})*$", "^.{0,3}[é☃]$",
    ]
    return #"{"type":"string","pattern":"\#(pick(patterns))"}"#
  }

  private mutating func integer() -> String {
    let low = Int.random(in: -1200...1200, using: &random)
    let high = low + Int.random(in: 0...3000, using: &random)
    switch Int.random(in: 0..<6, using: &random) {
    case 0: return #"{"type":"integer"}"#
    case 1: return #"{"type":"integer","minimum":\#(low)}"#
    case 2: return #"{"type":"integer","exclusiveMaximum":\#(high)}"#
    case 3: return #"{"type":"integer","exclusiveMinimum":\#(low - 1),"maximum":\#(high + 1).5}"#
    default: return #"{"type":"integer","minimum":\#(low),"maximum":\#(high)}"#
    }
  }

  private mutating func number() -> String {
    let scale = pick([1, 10, 100, 1000])
    let thousandths = Int.random(in: -9999...9999, using: &random) * (1000 / scale)
    let low = Double(thousandths) / 1000
    let high = Double(thousandths + Int.random(in: 1...9999, using: &random)) / 1000
    switch Int.random(in: 0..<6, using: &random) {
    case 0: return #"{"type":"number"}"#
    case 1: return #"{"type":"number","minimum":\#(low)}"#
    case 2: return #"{"type":"number","exclusiveMaximum":\#(high)}"#
    case 3: return #"{"type":"number","exclusiveMinimum":\#(low),"exclusiveMaximum":\#(high)}"#
    case 4: return #"{"type":"number","minimum":0,"maximum":1}"#
    default: return #"{"type":"number","minimum":\#(low),"maximum":\#(high)}"#
    }
  }

  private mutating func array(depth: Int) -> String {
    let least = Int.random(in: 0...3, using: &random)
    let most = least + Int.random(in: 0...3, using: &random)
    switch Int.random(in: 0..<4, using: &random) {
    case 0: return #"{"type":"array","items":\#(schema(depth: depth))}"#
    case 1:
      return #"{"type":"array","items":\#(schema(depth: depth)),"minItems":\#(least),"#
        + #""maxItems":\#(most)}"#
    case 2:
      return #"{"type":"array","prefixItems":[\#(schema(depth: depth)),\#(schema(depth: depth))],"#
        + #""items":\#(chance(2) ? "false" : schema(depth: 0))}"#
    default:
      return
        #"{"type":"array","prefixItems":[\#(schema(depth: depth))],"minItems":\#(least),"maxItems":4}"#
    }
  }

  private mutating func object(depth: Int) -> String {
    let keys = Self.names.shuffled(using: &random).prefix(Int.random(in: 0...5, using: &random))
    let properties = keys.map { #""\#($0)":\#(schema(depth: depth))"# }.joined(separator: ",")
    let required = keys.filter { _ in chance(2) }.map { #""\#($0)""# }.joined(separator: ",")
    let extra = [
      "", #","additionalProperties":false"#, #","additionalProperties":true"#,
      #","additionalProperties":\#(schema(depth: 0))"#,
    ]
    return #"{"type":"object","properties":{\#(properties)},"#
      + #""required":[\#(required)]\#(pick(extra))}"#
  }

  private mutating func combination(depth: Int) -> String {
    switch Int.random(in: 0..<4, using: &random) {
    case 0: return #"{"anyOf":[\#(schema(depth: depth)),\#(schema(depth: depth))]}"#
    case 1: return #"{"oneOf":[{"type":"string"},\#(array(depth: depth)),{"type":"null"}]}"#
    case 2:
      return #"{"allOf":[{"type":"object","properties":{"p":\#(schema(depth: depth))},"#
        + #""required":["p"]},{"type":"object","properties":{"q":\#(integer())}}]}"#
    default:
      return #"{"type":"object","properties":{"k":{"type":"string"},"l":\#(number())},"#
        + #""anyOf":[{"required":["k"]},{"required":["l"]}]}"#
    }
  }
}
