using System.Globalization;
using System.Net;
using System.Text;

namespace WarmContext.Report.Rendering.Charts;

/// <summary>Writes an SVG. Colours are variables, so that the same drawing serves both themes.</summary>
public sealed class SvgCanvas(double width, double height)
{
    private const string Styles =
        """
        text{font-family:system-ui,-apple-system,"Segoe UI",Roboto,"Helvetica Neue",Arial,sans-serif;font-size:13px;fill:var(--ink)}
        .title{font-size:17px;font-weight:650}.sub,.tick{fill:var(--faint);font-size:12px}.strong{font-weight:650}.group{fill:var(--faint);font-size:11px;font-weight:650;letter-spacing:.06em}
        .num{font-variant-numeric:tabular-nums}.grid{stroke:var(--grid);stroke-width:1}.axis{stroke:var(--faint);stroke-width:1}
        .c0{stroke:var(--naive)}.c1{stroke:var(--warm)}.c2{stroke:var(--third)}.c3{stroke:var(--fourth)}.f0{fill:var(--naive)}.f1{fill:var(--warm)}.f2{fill:var(--third)}.f3{fill:var(--fourth)}
        .hollow{fill:var(--paper)}.on0{fill:var(--on-naive)}.on1{fill:var(--on-warm)}.line{fill:none;stroke-width:2.5;stroke-linejoin:round;stroke-linecap:round}.mark{stroke-width:2.5}.bar{stroke-width:1.5}
        .link{stroke:var(--faint);stroke-width:3;opacity:.35}.band{opacity:.14}.dash{stroke-dasharray:6 5}
        """;

    private readonly StringBuilder _body = new();

    public void Text(double x, double y, string text, string style = "", string anchor = "start") =>
        Append($"<text x=\"{x:0.#}\" y=\"{y:0.#}\" class=\"{style}\" text-anchor=\"{anchor}\">{WebUtility.HtmlEncode(text)}</text>\n");

    public void Line(double x1, double y1, double x2, double y2, string style) =>
        Append($"<line x1=\"{x1:0.#}\" y1=\"{y1:0.#}\" x2=\"{x2:0.#}\" y2=\"{y2:0.#}\" class=\"{style}\"/>\n");

    public void Circle(double x, double y, double radius, string style) =>
        Append($"<circle cx=\"{x:0.#}\" cy=\"{y:0.#}\" r=\"{radius:0.#}\" class=\"{style}\"/>\n");

    public void Rectangle(double x, double y, double wide, double high, string style)
    {
        var drawn = Math.Max(0, wide);
        Append($"<rect x=\"{x:0.#}\" y=\"{y:0.#}\" width=\"{drawn:0.#}\" height=\"{high:0.#}\" rx=\"2\" class=\"{style}\"/>\n");
    }

    public void Path(IEnumerable<(double X, double Y)> points, string style, bool closed = false)
    {
        var path = string.Join(' ', points.Select(static (point, i) => string.Create(
            CultureInfo.InvariantCulture, $"{(i == 0 ? 'M' : 'L')}{point.X:0.#} {point.Y:0.#}")));
        Append($"<path d=\"{path}{(closed ? "Z" : string.Empty)}\" class=\"{style}\"/>\n");
    }

    /// <summary>An error bar lying on its side.</summary>
    public void Whisker(double from, double to, double y, string style)
    {
        Line(from, y, to, y, style);
        Line(from, y - 4, from, y + 4, style);
        Line(to, y - 4, to, y + 4, style);
    }

    /// <summary>An error bar standing up.</summary>
    public void StandingWhisker(double x, double from, double to, string style)
    {
        Line(x, from, x, to, style);
        Line(x - 4, from, x + 4, from, style);
        Line(x - 4, to, x + 4, to, style);
    }

    /// <param name="theme">The colours.</param>
    /// <param name="id">Unique on a page.</param>
    /// <param name="title">Read aloud by screen readers, as is the description.</param>
    /// <param name="description">The chart in words.</param>
    public string ToSvg(ChartTheme theme, string id, string title, string description)
    {
        ArgumentNullException.ThrowIfNull(theme);
        var paper = theme == ChartTheme.Page ? string.Empty : "<rect width=\"100%\" height=\"100%\" rx=\"6\" fill=\"var(--paper)\"/>\n";
        return string.Create(
            CultureInfo.InvariantCulture,
            $"<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 {width:0} {height:0}\" width=\"{width:0}\" height=\"{height:0}\" "
                + $"role=\"img\" aria-labelledby=\"{id}-t {id}-d\">\n"
                + $"<title id=\"{id}-t\">{WebUtility.HtmlEncode(title)}</title>\n"
                + $"<desc id=\"{id}-d\">{WebUtility.HtmlEncode(description)}</desc>\n"
                + $"<style>{theme.Definitions}\n{Styles}</style>\n{paper}{_body}</svg>\n");
    }

    private void Append(FormattableString text) => _body.Append(text.ToString(CultureInfo.InvariantCulture));
}
