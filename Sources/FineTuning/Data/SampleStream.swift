import Randomness

/// Which samples a random stream makes; no two splits ever draw from the same stream.
package enum DataSplit: UInt32, Sendable {
  /// Samples that weights learn from.
  case training = 0
  /// Samples that choose the best weights during training.
  case validation = 1
  /// Samples that a finished model is measured on.
  case test = 2
}

/// What random numbers of a run are drawn for; each purpose has streams of its own.
package enum SamplePurpose: UInt32, Sendable {
  case memorize = 0x4D45_4D4F
  case detect = 0x4445_5445
  case reason = 0x5245_4153
  case babi = 0x4241_4249
  case shuffle = 0x5348_5546
  case mixedLength = 0x4C45_4E47
  case generatedText = 0x5445_5854
  case dropout = 0x4452_4F50
  case tokenNoise = 0x4E4F_4953
  case masking = 0x4D41_534B
  case plainQuestion = 0x504C_4149
  case cornerStories = 0x434F_524E
  case story = 0x5354_4F52

  /// The stream of a seed, this purpose, and two numbers of its own.
  package func stream(
    seed: UInt64, split: DataSplit, step: Int = 0, index: Int = 0
  ) -> RandomStream {
    RandomStream(generator(seed: seed, split: split, step: step, index: index))
  }

  /// The generator of a seed, this purpose, and two numbers of its own.
  package func generator(
    seed: UInt64, split: DataSplit, step: Int = 0, index: Int = 0
  ) -> Philox {
    let purpose = Philox(key: seed).derived([rawValue, split.rawValue, 0, 0])
    let (step, index) = (UInt64(step), UInt64(index))
    return purpose.derived([
      UInt32(truncatingIfNeeded: step), UInt32(truncatingIfNeeded: step >> 32),
      UInt32(truncatingIfNeeded: index), UInt32(truncatingIfNeeded: index >> 32),
    ])
  }
}
