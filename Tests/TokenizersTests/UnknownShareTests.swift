import Testing
import Tokenizers

struct UnknownShareTests {
  @Test func `warns above one in a hundred and not at it`() {
    let known = [Int32](repeating: 7, count: 99)
    #expect(!UnknownShare(of: known + [1], unknown: 1).deservesWarning)
    #expect(UnknownShare(of: known.dropLast() + [1], unknown: 1).deservesWarning)
    #expect(UnknownShare(of: known + [1], unknown: 1).fraction == 0.01)
  }

  @Test func `no tokens are no cause to warn`() {
    #expect(UnknownShare(of: [Int32](), unknown: 1).fraction == 0)
  }

  @Test func `counts over several sequences`() {
    var share = UnknownShare()
    share.add([1, 2, 3] as [Int32], unknown: 1)
    share.add([1, 1] as [Int32], unknown: 1)
    #expect(share.unknownCount == 3 && share.tokenCount == 5)
  }
}
