namespace WarmContext.Report.Rendering.Charts;

/// <summary>
/// The colours of a chart. Those that tell things apart are of the Okabe-Ito palette, made for every kind of colour vision;
/// shapes and labels say the same again.
/// </summary>
public sealed record ChartTheme(string Name, string Definitions)
{
    public const string LightColours =
        "--paper:#ffffff;--ink:#1b1f24;--faint:#5c6570;--grid:#e3e7eb;"
            + "--naive:#c2500a;--warm:#0067a6;--third:#00785a;--fourth:#a3527f;--on-naive:#ffffff;--on-warm:#ffffff";

    public const string DarkColours =
        "--paper:#0f1419;--ink:#e8ecf0;--faint:#9aa5b1;--grid:#2a323b;"
            + "--naive:#f0a04b;--warm:#62b8ee;--third:#3ecf9f;--fourth:#e08fbd;--on-naive:#1b1206;--on-warm:#06121b";

    public static ChartTheme Light { get; } = new("light", $"svg{{{LightColours}}}");

    public static ChartTheme Dark { get; } = new("dark", $"svg{{{DarkColours}}}");

    /// <summary>Inside the HTML page, which defines the colours itself.</summary>
    public static ChartTheme Page { get; } = new("page", string.Empty);
}
