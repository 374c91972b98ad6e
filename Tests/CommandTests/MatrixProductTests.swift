import Testing

@testable import rmt

@Suite("The products of rmt bench gemm")
struct MatrixProductTests {
  @Test(arguments: MatrixProduct.Layout.allCases, [1, 2, 3])
  func `are the products that they are called`(layout: MatrixProduct.Layout, threads: Int) {
    let sizes = MatrixProduct.Sizes(rows: 7, columns: 5, depth: 11)
    let product = MatrixProduct(sizes, layout: layout, threadCount: threads)
    product.compute()
    for row in 0..<7 {
      for column in 0..<5 {
        let sum = (0..<11).reduce(0.0) { sum, place in
          let left = layout == .tn ? product.a[place * 7 + row] : product.a[row * 11 + place]
          let right =
            [.nt, .packed].contains(layout)
            ? product.b[column * 11 + place] : product.b[place * 5 + column]
          return sum + Double(left) * Double(right)
        }
        #expect(abs(Double(product.c[row * 5 + column]) - sum) < 1e-5)
      }
    }
  }

  @Test func `of BERT are each other's ways back`() {
    #expect(MatrixProduct.bert.count == 24)
    for first in stride(from: 0, to: 24, by: 4) {
      let products = MatrixProduct.bert[first..<first + 4]
      #expect(products.map(\.layout) == [.packed, .nt, .nn, .tn])
      // Every one of them multiplies the same numbers with each other.
      #expect(Set(products.map(\.sizes.operationCount)).count == 1)
    }
  }
}
