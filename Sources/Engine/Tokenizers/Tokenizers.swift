// Tokenizers: text to token ids and back, and chat messages to text.
//
// A `TokenizerDescription` is what a model file says about its tokenizer, whichever the format: GGUF
// metadata (`TokenizerDescription+GGUF.swift`) or a Hugging Face `tokenizer.json`
// (`TokenizerDescription+JSON.swift`). `Tokenizer` checks it once and builds its tables; nothing after
// that can fail. Start at `Tokenizer+Encode.swift`, which shows the way of a text; the two models are
// in `Encoding+Words.swift`, the word patterns in `PreTokenizerScanner.swift`, merging in
// `PieceMerger.swift`. `StreamingDetokenizer` is the way back, token by token. `WordPiece/` is
// the tokenizer of BERT's family: `WordPieceTokenizer+Encode.swift`. `ChatTemplate/` turns
// messages into the text that a model was tuned on.
