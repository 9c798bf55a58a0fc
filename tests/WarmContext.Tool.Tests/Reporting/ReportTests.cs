using System.Buffers.Binary;
using System.Text.RegularExpressions;

namespace WarmContext.Tool;

public sealed partial class ReportTests(ReportFixture report) : IClassFixture<ReportFixture>
{
    [Fact]
    public void The_page_needs_nothing_else()
    {
        var page = report.Page;

        Assert.Contains("default-src &#39;none&#39;", page, StringComparison.Ordinal);
        Assert.DoesNotMatch(OutsideResource(), page);
        Assert.StartsWith("<!doctype html>", page, StringComparison.Ordinal);
    }

    [Fact]
    public async Task In_a_browser_it_has_a_lane_per_environment_with_its_phases_invocations_and_findings()
    {
        var dom = await Chromium.DumpDomAsync(report.Path);

        Assert.Contains("data-ready=\"true\"", dom, StringComparison.Ordinal);
        Assert.Equal(2, Count(dom, "<section class=\"lane\""));
        Assert.Equal(10, Count(dom, "class=\"part invocation"));
        Assert.True(Count(dom, "class=\"part init") >= 2);
        Assert.True(Count(dom, "class=\"part freeze") >= 4);
        Assert.Equal(10, Count(dom, "<tr id=\"inv-"));
        Assert.Contains("Temporary storage grows", dom, StringComparison.Ordinal);
        Assert.Contains("href=\"#t-1\"", dom, StringComparison.Ordinal);
        Assert.Matches("aria-label=\"Invocation 1, cold start: [^\"]+, ", dom);
        Assert.DoesNotContain("title=\"Invocation", dom, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Without_scripts_everything_is_there_to_be_read()
    {
        // A browser with scripts turned off dumps nothing, so it gets the page without them.
        using var files = new TemporaryDirectory();
        var page = files.Write("page.html", Script().Replace(report.Page, string.Empty));

        var dom = await Chromium.DumpDomAsync(page);

        Assert.DoesNotContain("data-ready", dom, StringComparison.Ordinal);
        Assert.Equal(10, Count(dom, "title=\"Invocation"));
        Assert.Equal(10, Count(dom, "<tr id=\"inv-"));
        Assert.Matches("<div class=\"tools\"[^>]* hidden", dom);
        Assert.Equal(10, Regex.Count(dom, "class=\"part invocation\"[^>]*style=\"left:[0-9.]+%;width:[0-9.]+%"));
    }

    [Fact]
    public async Task It_zooms_goes_from_part_to_part_and_shows_details_by_keyboard_and_mouse()
    {
        // Does what a person does, and writes down what came of it.
        var page = report.With("""
            <script>
            addEventListener('load', () => {
              const view = document.getElementById('view'), track = document.getElementById('track'), card = document.getElementById('card');
              const key = (target, key) => target.dispatchEvent(new KeyboardEvent('keydown', { key, bubbles: true, cancelable: true }));
              const note = (name, value) => document.body.setAttribute('data-test-' + name, value);
              const width = () => track.clientWidth / view.clientWidth;
              note('start', width());
              key(view, '+'); note('plus', width() > 1.5);
              key(view, '0'); note('zero', width());
              document.querySelector('[data-zoom=in]').click(); note('button', width());
              view.dispatchEvent(new WheelEvent('wheel', { ctrlKey: true, deltaY: -200, clientX: 300, bubbles: true, cancelable: true })); note('wheel', width() > 4);
              document.querySelector('#findings a[href^="#t-"]').focus(); key(view, '0');
              const first = document.querySelector('.strip .part'); first.focus();
              key(document.activeElement, 'ArrowRight'); note('moved', document.activeElement !== first && !!document.activeElement.closest('.strip'));
              note('card', !card.hidden && card.textContent.length > 5);
              key(document.activeElement, 'Escape'); note('escape', card.hidden);
              key(document.activeElement, 'End'); note('end', document.activeElement.closest('.strip').lastElementChild.contains(document.activeElement));
              key(document.activeElement, 'Home'); note('home', document.activeElement === first);
              key(first, 'ArrowDown'); note('down', document.activeElement.className.includes('mark'));
              key(document.activeElement, 'ArrowUp'); note('up', !!document.activeElement.closest('.strip'));
              key(document.activeElement, 'z'); note('z', width() > 1);
              key(document.activeElement, '0');
              document.querySelector('#findings a[href^="#t-"]').click();
              note('finding', document.activeElement.id + ' ' + (width() > 1));
              note('stops', document.querySelectorAll('#track [tabindex="0"]').length);
            });
            </script>
            """);

        var dom = await Chromium.DumpDomAsync(page);

        var noted = Noted().Matches(dom).ToDictionary(static match => match.Groups[1].Value, static match => match.Groups[2].Value);
        Assert.Equal("1", noted["start"]);
        Assert.Equal("true", noted["plus"]);
        Assert.Equal("1", noted["zero"]);
        Assert.Equal("2", noted["button"]);
        Assert.Equal("true", noted["wheel"]);
        Assert.Equal("true", noted["moved"]);
        Assert.Equal("true", noted["card"]);
        Assert.Equal("true", noted["escape"]);
        foreach (var name in (string[])["end", "home", "down", "up", "z"])
        {
            Assert.Equal((name, "true"), (name, noted[name]));
        }

        Assert.Matches("^t-\\d+ true$", noted["finding"]);
        Assert.Equal("1", noted["stops"]);
    }

    [Theory]
    [InlineData(360)]
    [InlineData(1280)]
    public async Task Nothing_is_wider_than_the_window(int width)
    {
        // In a frame, because the browser's own window gets no narrower than 500.
        var page = report.With(
            "<script>addEventListener('load', () => parent.postMessage(`${innerWidth} ${document.documentElement.scrollWidth - "
                + "document.documentElement.clientWidth}`, '*'))</script>");
        using var files = new TemporaryDirectory();
        var frame = files.Write("frame.html", $$"""
            <!doctype html><body><script>addEventListener('message', message => document.body.setAttribute('data-test-width', message.data))</script>
            <iframe style="width:{{width}}px;height:800px;border:0" src="file://{{page}}"></iframe></body>
            """);

        var dom = await Chromium.DumpDomAsync(frame, "--window-size=1400,900");

        Assert.Contains($"data-test-width=\"{width} 0\"", dom, StringComparison.Ordinal);
    }

    [Fact]
    public async Task It_is_printed_whole_and_light_and_without_what_only_a_screen_is_for()
    {
        // The rules for paper, put on a screen that prefers dark.
        var page = report.With("""
            <script>
            addEventListener('load', () => {
              const log = document.querySelector('.log');
              for (let i = 0; i < 100; i++) log.append(log.firstElementChild.cloneNode(true));
              document.querySelector('[data-zoom=in]').click();
              dispatchEvent(new Event('beforeprint'));
              document.querySelector('style').textContent = document.querySelector('style').textContent.replace('@media print', '@media all').replace(/@media screen/, '@media not all');
              const style = selector => getComputedStyle(document.querySelector(selector));
              const note = (name, value) => document.body.setAttribute('data-test-' + name, value);
              note('tools', style('.tools').display + style('.help').display + style('#overview').display);
              note('page', style('body').backgroundColor);
              note('open', document.querySelectorAll('details:not([open])').length);
              note('cut', [...document.querySelectorAll('#view, .scroll, .log')].filter(each => each.scrollWidth > each.clientWidth || each.scrollHeight > each.clientHeight).length);
              note('zoom', document.getElementById('track').style.getPropertyValue('--zoom'));
            });
            </script>
            """);

        var dom = await Chromium.DumpDomAsync(page, "--window-size=1000,1400");

        var noted = Noted().Matches(dom).ToDictionary(static match => match.Groups[1].Value, static match => match.Groups[2].Value);
        Assert.Equal("nonenonenone", noted["tools"]);
        Assert.Equal("rgb(255, 255, 255)", noted["page"]);
        Assert.Equal("0", noted["open"]);
        Assert.Equal("0", noted["cut"]);
        Assert.Equal("1", noted["zoom"]);
    }

    [Fact]
    public void A_finding_is_found_by_its_number_and_what_several_share_is_read_once()
    {
        var page = report.Page;

        Assert.Matches("<a class=\"mark warning\" id=\"mark-1\" href=\"#finding-1\"", page);
        Assert.Contains(
            "<a class=\"mark warning\" href=\"#mark-1\" aria-label=\"Finding 1 on the timeline\">1</a>", page, StringComparison.Ordinal);
        Assert.Equal(2, Regex.Count(page, "Environment [01]: The ephemeral storage grew"));
        Assert.Equal(1, Count(page, "Delete what an invocation writes when it ends"));
        Assert.DoesNotMatch("id=\"mark-\\d+\"[^>]*Package weight", page);
    }

    [Fact]
    public async Task It_can_be_looked_at()
    {
        using var files = new TemporaryDirectory();

        var picture = await Chromium.ScreenshotAsync(report.Path, files["picture.png"], "--window-size=1200,800");

        Assert.Equal("PNG"u8.ToArray(), picture[1..4]);
        Assert.Equal(1200, BinaryPrimitives.ReadInt32BigEndian(picture.AsSpan(16)));
        Assert.True(picture.Length > 20_000);
    }

    [Fact]
    public void What_a_function_writes_never_becomes_markup()
    {
        Assert.Contains("<code>&lt;b&gt;&amp;</code>", report.Page, StringComparison.Ordinal);
        Assert.DoesNotContain("<b>&", report.Page, StringComparison.Ordinal);
    }

    [Fact]
    public async Task It_is_made_in_one_go_too()
    {
        using var files = new TemporaryDirectory();

        var result = (await ToolProcess.RunAsync(
            ["report", .. ToolProcess.Function("Echo::NoInput"), "--repeat", "2", "-o", files["report.html"]])).Expect(0);

        Assert.Equal(files["report.html"], result.Output);
        var page = await File.ReadAllTextAsync(files["report.html"]);
        Assert.Equal(2, Count(page, "<tr id=\"inv-"));
        Assert.Contains("Deployment package", page, StringComparison.Ordinal);
    }

    private static int Count(string text, string part) => text.Split(part).Length - 1;

    [GeneratedRegex("(?:src|href)=[\"']?(?:https?:)?//|url\\(|@import|<link|<img|<iframe")]
    private static partial Regex OutsideResource();

    [GeneratedRegex("<script>.*?</script>", RegexOptions.Singleline)]
    private static partial Regex Script();

    [GeneratedRegex("data-test-([a-z]+)=\"([^\"]*)\"")]
    private static partial Regex Noted();
}
