/// The style sheet of a report: light or dark as the reader's system has it, light on paper.
enum PageStyle {
  static let sheet = """
    :root {
      color-scheme: light dark;
      --paper: #ffffff; --ink: #1f2328; --faint: #656d76; --line: #d8dee4; --shade: #f6f8fa;
      --s0: #0b62c4; --s1: #d9730d; --s2: #8250df; --s3: #1a7f5a; --s4: #bf3989;
      --s5: #6e6a00; --s9: #7d8590;
    }
    @media (prefers-color-scheme: dark) {
      :root {
        --paper: #0d1117; --ink: #e6edf3; --faint: #9198a1; --line: #30363d; --shade: #161b22;
        --s0: #58a6ff; --s1: #f0a04b; --s2: #bc8cff; --s3: #3fb68b; --s4: #f778ba;
        --s5: #d4c84a; --s9: #9198a1;
      }
    }
    * { box-sizing: border-box; }
    body {
      margin: 0 auto; padding: 2.5rem 1.5rem 4rem; max-width: 66rem; background: var(--paper);
      color: var(--ink); font: 16px/1.5 system-ui, "Helvetica Neue", Arial, sans-serif;
    }
    h1 { font-size: 1.9rem; line-height: 1.2; margin: 0 0 0.3rem; }
    h2 { font-size: 1.2rem; margin: 2.6rem 0 0.6rem; }
    .task { color: var(--faint); margin: 0 0 1.2rem; }
    .result {
      font-size: 1.12rem; margin: 0; padding: 0.9rem 1.1rem; background: var(--shade);
      border-left: 4px solid var(--s0); border-radius: 4px;
    }
    .missing { color: var(--faint); font-style: italic; }
    figure { margin: 0.4rem 0 1.2rem; }
    figcaption { color: var(--faint); font-size: 0.9rem; margin-top: 0.2rem; }
    .pair { display: grid; grid-template-columns: repeat(auto-fit, minmax(21rem, 1fr)); gap: 1rem; }
    .scroll { overflow-x: auto; }
    table { border-collapse: collapse; font-size: 0.85rem; font-variant-numeric: tabular-nums; }
    th, td { padding: 0.28rem 0.55rem; border-bottom: 1px solid var(--line); text-align: left; vertical-align: top; }
    th { font-weight: 600; }
    thead th { border-bottom: 2px solid var(--line); white-space: nowrap; }
    td.number, th.number { text-align: right; white-space: nowrap; }
    table table { font-size: inherit; margin: -0.28rem 0; }
    table table tr:last-child > * { border-bottom: 0; }
    code, pre { font-family: ui-monospace, "SF Mono", Menlo, Consolas, monospace; font-size: 0.9em; }
    pre { background: var(--shade); padding: 0.8rem 1rem; border-radius: 4px; overflow-x: auto; }
    .map { width: 100%; background: #ffffff; border-radius: 4px; }
    .chart { width: 100%; height: auto; display: block; font-size: 12px; }
    .chart text { fill: var(--ink); }
    .chart path { fill: none; }
    .chart .grid { stroke: var(--line); }
    .chart .axis { stroke: var(--faint); }
    .chart .division { stroke: var(--faint); stroke-dasharray: 2 3; }
    .chart .reference { stroke: var(--faint); stroke-dasharray: 6 4; }
    .chart .line { stroke: currentColor; stroke-width: 2; stroke-linejoin: round; }
    .chart .bar { stroke: currentColor; stroke-width: 1.2; }
    .chart .dot { fill: currentColor; }
    .chart path.band { fill: currentColor; opacity: 0.18; }
    .chart .curve .line { stroke-width: 1.5; }
    .chart .published .line { stroke-dasharray: 5 4; stroke-width: 1.5; }
    .chart .dots .dot { opacity: 0.45; }
    .s0 { color: var(--s0); } .s1 { color: var(--s1); } .s2 { color: var(--s2); }
    .s3 { color: var(--s3); } .s4 { color: var(--s4); } .s5 { color: var(--s5); }
    .s9 { color: var(--s9); }
    footer { margin-top: 3rem; color: var(--faint); font-size: 0.85rem; }
    @page { size: A4; margin: 16mm 15mm; }
    @media print {
      :root {
        color-scheme: light;
        --paper: #ffffff; --ink: #000000; --faint: #57606a; --line: #d0d7de; --shade: #f3f4f6;
        --s0: #0b62c4; --s1: #d9730d; --s2: #8250df; --s3: #1a7f5a; --s4: #bf3989;
      --s5: #6e6a00; --s9: #7d8590;
      }
      body { padding: 0; max-width: none; font-size: 10.5pt; }
      .result { -webkit-print-color-adjust: exact; print-color-adjust: exact; }
      h2, h2 + p { break-after: avoid; }
      figure, tr, pre, .result { break-inside: avoid; }
      .scroll { overflow: visible; }
      .pair { grid-template-columns: 1fr 1fr; }
      .map { max-height: 240mm; object-fit: contain; object-position: left top; }
    }

    """
}
