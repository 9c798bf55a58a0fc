using WarmContext.Report.Rendering.Charts;

namespace WarmContext.Report.Rendering.Documents;

/// <summary>How the page looks.</summary>
internal static class HtmlStyles
{
    public const string Css =
        ":root{" + ChartTheme.LightColours + ";--soft:#f5f7f9;--link:#0067a6;--good:#00785a;--bad:#b3261e}\n" +
        "@media screen and (prefers-color-scheme:dark){:root{" + ChartTheme.DarkColours +
        ";--soft:#171d24;--link:#7cc4f2;--good:#3ecf9f;--bad:#ff8a80}}\n" +
        """
        *{box-sizing:border-box}
        html{scroll-behavior:smooth;scroll-padding-top:1rem}
        @media (prefers-reduced-motion:reduce){html{scroll-behavior:auto}}
        body{margin:0;background:var(--paper);color:var(--ink);font:16px/1.55 system-ui,-apple-system,"Segoe UI",Roboto,"Helvetica Neue",Arial,sans-serif;display:grid;grid-template-columns:minmax(0,1fr);justify-content:center}
        main{padding:1.5rem clamp(1rem,4vw,3rem) 5rem;max-width:70rem;width:100%;margin:0 auto;outline:none}
        nav{padding:1rem clamp(1rem,4vw,3rem) 0;max-width:70rem;width:100%;margin:0 auto}
        nav ul{list-style:none;display:flex;flex-wrap:wrap;gap:.4rem 1.1rem;margin:0;padding:0 0 .8rem;border-bottom:1px solid var(--grid);font-size:.88rem}
        a{color:var(--link);text-underline-offset:.2em}
        nav a{text-decoration:none;color:var(--faint)}nav a:hover,nav a:focus-visible{color:var(--link);text-decoration:underline}
        :focus-visible{outline:3px solid var(--link);outline-offset:3px;border-radius:3px}
        .skip{position:absolute;left:-99rem}.skip:focus{left:1rem;top:1rem;background:var(--paper);padding:.5rem 1rem;z-index:1}
        h1{font-size:clamp(1.7rem,4vw,2.3rem);line-height:1.15;letter-spacing:-.02em;margin:.6rem 0 1rem}
        h2{font-size:1.45rem;letter-spacing:-.01em;margin:3.2rem 0 .6rem;line-height:1.25}
        h3{font-size:1.06rem;margin:2.2rem 0 .5rem;line-height:1.35}
        p{max-width:46rem;margin:.6rem 0}
        .remark{color:var(--faint);font-size:.86rem}
        .wide{overflow-x:auto;margin:1rem 0 1.2rem}
        .chart{border:1px solid var(--grid);border-radius:8px;padding:.4rem}
        .chart svg{display:block;max-width:100%;min-width:44rem;height:auto;margin:0 auto}
        table{border-collapse:collapse;font-size:.9rem;line-height:1.4;min-width:34rem;width:100%}
        th{text-align:left;font-weight:600;color:var(--faint);font-size:.8rem;border-bottom:2px solid var(--grid);padding:.4rem .7rem .4rem 0;vertical-align:bottom}
        td{border-bottom:1px solid var(--grid);padding:.42rem .7rem .42rem 0;vertical-align:top}
        tbody tr:hover{background:var(--soft)}
        .num{text-align:right;font-variant-numeric:tabular-nums;white-space:nowrap}
        td:last-child{min-width:7rem}
        table:not(:has(.num)){min-width:0}
        code{font:.88em ui-monospace,SFMono-Regular,Menlo,Consolas,"DejaVu Sans Mono",monospace;background:var(--soft);padding:.1em .3em;border-radius:3px;overflow-wrap:anywhere}
        @media print{nav,.skip{display:none}body{font-size:13px}main{padding:0}.wide{overflow:visible}.chart,tr{break-inside:avoid}h2,h3{break-after:avoid}.chart svg{min-width:0}}
        """;
}
