/// What the demo's customers ask: short and long, English and Chinese, with system prompts that repeat,
/// as real traffic has them.
enum DemoPrompts {
  static let support =
    "You are the support assistant of a small web shop. Answer politely in at most three sentences. Orders ship within two working days; returns are free for thirty days; refunds take five working days; the warranty is two years."

  static let questions = [
    "Where is my order? I placed it on Monday.",
    "How do I return a pair of shoes that do not fit?",
    "Can I change the delivery address of an order that has already shipped?",
    "The lamp I bought flickers. Is that covered by the warranty?",
    "When will I get my money back?",
    "Do you deliver to an island?",
    "I was charged twice for one order. What happens now?",
    "How long is the warranty on the headphones?",
  ]

  static let writing = [
    "Write a two-line product description for a bamboo toothbrush.",
    "Summarise in one sentence: The meeting moved to Thursday because two of the four founders are travelling, and the budget will be decided by mail.",
    "Give three names for a coffee shop near a railway station.",
    "Turn this into a polite mail: send me the invoice today.",
    "Explain gross margin to a ten-year-old.",
    "List five risks of launching a product in December.",
    "What is the capital of France, and why is it famous?",
    "Write a haiku about a spreadsheet.",
  ]

  static let chinese = [
    "用一句话介绍什么是毛利率。",
    "请写一句欢迎新客户的话。",
    "什么是盈亏平衡点？",
    "把“谢谢您的耐心等待”翻译成英文。",
    "列出三个节约成本的办法。",
  ]
}
