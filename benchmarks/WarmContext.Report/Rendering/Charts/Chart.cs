namespace WarmContext.Report.Rendering.Charts;

/// <summary>A chart, not yet in a colour.</summary>
/// <param name="Id">Its file's name, without the ending.</param>
/// <param name="Title">What it shows.</param>
/// <param name="Description">The same in a sentence or two with the figures, for those who can't see it.</param>
/// <param name="Canvas">The drawing.</param>
public sealed record Chart(string Id, string Title, string Description, SvgCanvas Canvas)
{
    public string ToSvg(ChartTheme theme) => Canvas.ToSvg(theme, Id, Title, Description);
}
