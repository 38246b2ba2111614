namespace Pipelines.Core.Reporting;

/// <summary>The style of the report page. Blue-green and vermilion are told apart with every kind of colour vision; stripes, signs and words say the same again.</summary>
internal static class HtmlStyle
{
    public const string Css = """
        :root {
          --bg: #f5f6f8; --card: #ffffff; --ink: #171b22; --soft: #596273; --line: #e2e6ec; --well: #f3f5f8;
          --ok: #0b7f6a; --ok-soft: #d5eee8; --bad: #c2410c; --bad-soft: #fde8dd; --stop: #8a5a00; --stop-soft: #fbeecb;
          --skip: #7a8494; --skip-soft: #e9ecf1; --accent: #3b5bdb; --accent-soft: #e4e9fc; --hero: #10151f; --hero-ink: #f3f6fb; --hero-soft: #a5b0c2;
          --shadow: 0 1px 2px rgb(16 24 40 / 6%), 0 4px 16px rgb(16 24 40 / 5%);
          --mono: ui-monospace, SFMono-Regular, "Cascadia Mono", Menlo, Consolas, "DejaVu Sans Mono", monospace;
        }
        @media (prefers-color-scheme: dark) {
          :root {
            --bg: #0d1117; --card: #151b24; --ink: #e7ecf3; --soft: #9aa6b8; --line: #262f3c; --well: #0f141c;
            --ok: #3fc7a8; --ok-soft: #123c35; --bad: #ff8a5c; --bad-soft: #432012; --stop: #f0b94a; --stop-soft: #3b2d0d;
            --skip: #8b96a8; --skip-soft: #222a36; --accent: #8da4ff; --accent-soft: #202b4d; --hero: #090c12;
            --shadow: 0 1px 2px rgb(0 0 0 / 40%);
          }
        }
        * { box-sizing: border-box; }
        html { -webkit-text-size-adjust: 100%; }
        body { margin: 0; background: var(--bg); color: var(--ink); font: 15px/1.5 system-ui, -apple-system, "Segoe UI", Roboto, "Helvetica Neue", "Noto Sans", "DejaVu Sans", sans-serif; }
        h1, h2, h3, p, ul, dl, dd { margin: 0; padding: 0; }
        ul { list-style: none; }
        a { color: var(--accent); text-underline-offset: 2px; }
        code, pre { font-family: var(--mono); font-size: .87em; }
        :focus-visible { outline: 2px solid var(--accent); outline-offset: 2px; border-radius: 6px; }
        .muted { color: var(--soft); font-size: 13px; }
        .hidden { position: absolute; width: 1px; height: 1px; overflow: hidden; clip-path: inset(50%); }
        .wrap, main, footer { max-width: 1180px; margin: 0 auto; padding: 0 28px; }

        header { background: var(--hero); color: var(--hero-ink); padding: 34px 0 84px; border-top: 4px solid var(--ok); }
        body.run-bad header { border-top-color: #e8590c; }
        body.run-stop header { border-top-color: #e0a526; }
        .eyebrow { color: var(--hero-soft); font-size: 12px; letter-spacing: .09em; text-transform: uppercase; }
        .title { display: flex; align-items: center; flex-wrap: wrap; gap: 8px 16px; margin: 4px 0 14px; }
        h1 { font-size: 32px; line-height: 1.2; font-weight: 680; letter-spacing: -.02em; overflow-wrap: anywhere; }
        .pill { display: inline-flex; gap: 7px; align-items: center; padding: 4px 13px; border-radius: 99px; font-weight: 620; font-size: 14px; }
        .pill.ok { background: #12463d; color: #7be0c8; } .pill.bad { background: #56230d; color: #ffb08e; } .pill.stop { background: #46350d; color: #ffd67a; }
        .meta { display: flex; flex-wrap: wrap; gap: 6px 22px; font-size: 13.5px; }
        .meta span { color: var(--hero-soft); margin-right: 3px; } .meta b { font-weight: 550; } .meta a { color: #a9bcff; } .meta li { overflow-wrap: anywhere; }
        main { margin-top: -54px; display: grid; gap: 18px; }
        main > * { min-width: 0; }

        .story { display: grid; grid-template-columns: repeat(6, minmax(0, 1fr)); gap: 14px; }
        .card { grid-column: span 3; background: var(--card); border: 1px solid var(--line); border-left: 4px solid var(--skip); border-radius: 12px; padding: 18px 20px; box-shadow: var(--shadow); overflow-wrap: anywhere; }
        .card h2 { font-size: 16px; font-weight: 650; margin-bottom: 8px; display: flex; gap: 9px; align-items: baseline; }
        .card.bad { grid-column: 1 / -1; border-left-color: var(--bad); } .card.bad .sign { color: var(--bad); }
        .card.undo { grid-column: 1 / -1; border-left-color: var(--stop); } .card.undo .sign { color: var(--stop); }
        .card.now { border-left-color: var(--accent); } .card.now .sign, .card.next .sign { color: var(--accent); } .card.next { border-left-color: var(--accent); }
        .card li + li { margin-top: 6px; padding-top: 6px; border-top: 1px solid var(--line); }
        .what { font-weight: 560; white-space: pre-wrap; overflow-wrap: anywhere; }
        .advice { margin-top: 10px; padding: 9px 13px; border-radius: 8px; background: var(--accent-soft); white-space: pre-wrap; overflow-wrap: anywhere; }
        .advice span { color: var(--accent); font-weight: 700; margin-right: 4px; }
        .card .muted { margin-top: 6px; }
        .place { display: block; margin-top: 5px; padding: 6px 11px; border-radius: 7px; background: var(--well); border: 1px solid var(--line); }
        pre { margin: 10px 0 0; padding: 12px 14px; background: var(--well); border: 1px solid var(--line); border-radius: 8px; overflow: auto; max-height: 22em; line-height: 1.55; white-space: pre-wrap; overflow-wrap: anywhere; tab-size: 4; }

        .tiles { display: grid; grid-template-columns: repeat(auto-fit, minmax(165px, 1fr)); gap: 14px; }
        .tile { background: var(--card); border: 1px solid var(--line); border-radius: 12px; padding: 15px 18px; box-shadow: var(--shadow); display: flex; flex-direction: column; min-width: 0; }
        .tile span { color: var(--soft); font-size: 12.5px; } .tile b { font-size: 23px; font-weight: 660; letter-spacing: -.015em; font-variant-numeric: tabular-nums; overflow-wrap: anywhere; line-height: 1.3; }
        .tile small { color: var(--soft); font-size: 12.5px; overflow-wrap: anywhere; } .tile.bad b { color: var(--bad); }

        .panel { background: var(--card); border: 1px solid var(--line); border-radius: 12px; padding: 20px 22px; box-shadow: var(--shadow); }
        .panel h2 { font-size: 16px; font-weight: 650; margin-bottom: 10px; }
        .bar-head { display: flex; justify-content: space-between; align-items: baseline; flex-wrap: wrap; gap: 4px 20px; }
        .legend { display: flex; flex-wrap: wrap; gap: 4px 18px; color: var(--soft); font-size: 12.5px; }
        .legend li { display: flex; align-items: center; gap: 7px; }
        .swatch { width: 20px; height: 9px; border-radius: 3px; background: var(--ok-soft); border: 1px solid var(--ok); display: inline-block; }
        .swatch.crit { background: var(--ok); } .swatch.wait { background: none; border: 0; height: 0; border-top: 2px dotted var(--skip); border-radius: 0; }

        .swatch.undo { background: repeating-linear-gradient(45deg, var(--stop-soft) 0 4px, var(--stop) 4px 6px); border-color: var(--stop); }

        .axis, summary { display: grid; grid-template-columns: minmax(120px, 230px) minmax(0, 1fr) 124px; gap: 14px; align-items: center; }
        .axis .track { grid-column: 2; height: 20px; background: none; }
        .axis span { position: absolute; top: 0; padding-left: 5px; border-left: 1px solid var(--line); height: 20px; font-size: 11.5px; color: var(--soft); white-space: nowrap; font-variant-numeric: tabular-nums; }
        .row { border-top: 1px solid var(--line); }
        summary { padding: 7px 8px; margin: 0 -8px; cursor: pointer; list-style: none; border-radius: 8px; }
        summary::-webkit-details-marker { display: none; }
        .time::after { content: "›"; display: inline-block; width: 14px; text-align: center; margin-left: 6px; color: var(--soft); font-weight: 700; transition: transform .15s; }
        .row[open] .time::after { transform: rotate(90deg); }
        @media (prefers-reduced-motion: reduce) { .time::after { transition: none; } }
        summary:hover { background: var(--well); }
        .axis { margin: 0; }
        .name { display: flex; gap: 9px; min-width: 0; align-items: center; }
        .name .label { overflow: hidden; text-overflow: ellipsis; white-space: nowrap; font-weight: 540; }
        .row[open] .label { white-space: normal; overflow-wrap: anywhere; }
        .name .sign { flex: none; width: 21px; height: 21px; display: grid; place-items: center; border-radius: 50%; font-size: 12px; font-weight: 700; background: var(--skip-soft); color: var(--skip); }
        .row.ok .name .sign { background: var(--ok-soft); color: var(--ok); } .row.bad .name .sign { background: var(--bad); color: var(--card); border-radius: 5px; } .row.stop .name .sign { background: var(--stop-soft); color: var(--stop); }
        .row.skip .label { color: var(--soft); font-weight: 430; }
        .track { position: relative; height: 24px; min-width: 0; }
        .rows .track { background: repeating-linear-gradient(90deg, var(--line) 0 1px, transparent 1px var(--tick)); }
        .rows .track { margin: -7px 0; height: 38px; } .rows .track i { top: 11px; } .rows .track .wait { top: 18px; } .rows .track em { line-height: 38px; }
        .track i { position: absolute; top: 4px; height: 16px; min-width: 4px; border-radius: 4px; }
        .track .bar { background: var(--skip-soft); border: 1px solid var(--skip); }
        .row.ok .bar { background: var(--ok-soft); border-color: var(--ok); } .row.ok.crit .bar { background: var(--ok); }
        .row.bad .bar { background: repeating-linear-gradient(135deg, var(--bad-soft) 0 5px, var(--bad) 5px 7px); border-color: var(--bad); } .row.bad.crit .bar { background: repeating-linear-gradient(135deg, var(--bad) 0 6px, color-mix(in srgb, var(--bad) 62%, var(--card)) 6px 9px); }
        .row.stop .bar { background: repeating-linear-gradient(90deg, var(--stop-soft) 0 5px, var(--stop) 5px 6px); border-color: var(--stop); }
        .track .wait { top: 11px; height: 0; border-radius: 0; border-top: 2px dotted var(--skip); min-width: 0; }
        .track .undo { background: repeating-linear-gradient(45deg, var(--stop-soft) 0 4px, var(--stop) 4px 6px); border: 1px solid var(--stop); }
        .track em { position: absolute; inset: 0; padding: 0 8px 0 0; font-size: 13px; color: var(--soft); white-space: nowrap; overflow: hidden; text-overflow: ellipsis; line-height: 24px; font-style: normal; }
        .rows .track:has(em) { background: none; }
        .time { text-align: right; font-variant-numeric: tabular-nums; white-space: nowrap; font-size: 13.5px; }
        .time small { display: inline-block; width: 44px; color: var(--soft); font-size: 12px; } .crit .time { font-weight: 600; } .crit .time small { font-weight: 500; }
        .more { padding: 6px 0 20px 30px; min-width: 0; }
        .more h3 { font-size: 13px; margin-top: 16px; font-weight: 650; }
        dl.small { display: flex; flex-wrap: wrap; gap: 6px 24px; font-size: 13px; margin-top: 6px; }
        dl.small div { min-width: 0; overflow-wrap: anywhere; } dl.small dt { display: inline; color: var(--soft); margin-right: 6px; } dl.small dd { display: inline; }
        .inset { margin-top: 12px; padding: 12px 14px; border-radius: 8px; border: 1px solid var(--line); border-left: 3px solid var(--bad); overflow-wrap: anywhere; }
        .log { max-height: 30em; font-size: 12.5px; } .log .w { color: var(--stop); } .log .e { color: var(--bad); } .log .n { font-weight: 600; }
        .path { margin-top: 16px; padding-top: 14px; border-top: 1px solid var(--line); display: flex; flex-wrap: wrap; gap: 6px 8px; align-items: center; font-size: 13.5px; }
        .chip { background: var(--ok-soft); color: var(--ink); border-radius: 99px; padding: 2px 11px; font-size: 13px; overflow-wrap: anywhere; } .chip small { color: var(--soft); }

        .facts { display: grid; grid-template-columns: repeat(auto-fill, minmax(440px, 1fr)); gap: 0 32px; }
        .facts div { display: grid; grid-template-columns: 128px minmax(0, 1fr); gap: 12px; padding: 8px 0; align-items: baseline; border-top: 1px solid var(--line); }
        .facts dt { color: var(--soft); font-size: 13.5px; } .facts dd { font-family: var(--mono); font-size: 12.8px; overflow-wrap: anywhere; }
        .scroll { overflow-x: auto; margin-top: 8px; }
        table { border-collapse: collapse; width: 100%; font-size: 13px; } th { text-align: left; color: var(--soft); font-weight: 550; } th, td { padding: 6px 14px 6px 0; border-bottom: 1px solid var(--line); vertical-align: top; }
        .sev { padding: 1px 7px; border-radius: 5px; font-size: 11.5px; font-weight: 650; background: var(--skip-soft); } .sev.critical { background: var(--bad); color: var(--card); } .sev.high { background: var(--bad-soft); color: var(--bad); } .sev.medium { background: var(--stop-soft); color: var(--stop); }
        .chart { margin: 12px 0 18px; } .chart figcaption { font-size: 13px; overflow-wrap: anywhere; } .chart figcaption b { font-weight: 620; }
        .chart svg { display: block; width: 100%; max-width: 820px; height: auto; margin: 8px 0 4px; background: var(--well); border: 1px solid var(--line); border-radius: 8px; }
        .chart text { font: 11px system-ui, -apple-system, "Segoe UI", Roboto, "DejaVu Sans", sans-serif; fill: var(--soft); stroke: var(--well); stroke-width: 3px; paint-order: stroke; } .chart .grid { stroke: var(--line); }
        .chart .out { fill: var(--bad-soft); opacity: .55; } .chart .limit { stroke: var(--bad); stroke-dasharray: 6 4; stroke-width: 1.5; } .chart text.limit-text { fill: var(--bad); font-weight: 600; }
        .chart .base { stroke: var(--skip); stroke-dasharray: 2 4; stroke-width: 1.5; } .chart .line { fill: none; stroke: var(--accent); stroke-width: 1.75; stroke-linejoin: round; }
        .chart .p { fill: var(--ok); } .chart .f { stroke: var(--bad); stroke-width: 2.5; fill: none; } .chart text.n { fill: var(--stop); font-weight: 700; text-anchor: middle; }
        .verdict { padding: 1px 7px; border-radius: 5px; font-size: 12px; font-weight: 650; background: var(--stop-soft); color: var(--stop); } .verdict.pass { background: var(--ok-soft); color: var(--ok); } .verdict.fail { background: var(--bad-soft); color: var(--bad); }
        footer { color: var(--soft); font-size: 12.5px; padding-top: 26px; padding-bottom: 40px; overflow-wrap: anywhere; }

        @media (max-width: 760px) {
          .wrap, main, footer { padding-left: 16px; padding-right: 16px; }
          .card { grid-column: 1 / -1; }
          .axis { display: none; }
          summary { grid-template-columns: minmax(0, 1fr) auto; gap: 4px 12px; }
          summary .track { grid-column: 1 / -1; grid-row: 2; }
          .more { padding-left: 0; }
          .facts { grid-template-columns: minmax(0, 1fr); }
          h1 { font-size: 26px; }
        }
        @media print {
          :root { --bg: #fff; --hero: #fff; --hero-ink: #000; --hero-soft: #444; --shadow: none; }
          header { padding: 12px 0 20px; } main { margin-top: 0; } .card, .tile, .panel, .row { break-inside: avoid; }
          i, .sign, .pill, .sev { print-color-adjust: exact; -webkit-print-color-adjust: exact; } pre { max-height: none; }
        }
        @media (forced-colors: active) { .track .bar, .track .undo { border: 2px solid CanvasText; } .pill, .sign { border: 1px solid CanvasText; } }

        """;
}
