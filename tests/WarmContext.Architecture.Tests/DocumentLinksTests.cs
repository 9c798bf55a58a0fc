using WarmContext.Architecture.Tests.Documents;

namespace WarmContext.Architecture.Tests;

/// <summary>Links of the documentation lead to files and headings that are there.</summary>
public class DocumentLinksTests
{
    [Fact]
    public void Every_link_between_pages_leads_to_a_file_and_a_heading_of_it() => Assert.Empty(DeadLinks.In(MarkdownPage.ReadAll()));

    [Fact]
    public void A_link_to_a_missing_file_and_one_to_a_missing_heading_are_found()
    {
        var page = MarkdownPage.Of("README.md", """
            # The title
            [good](#the-title), [again](README.md#the-title), [elsewhere](https://example.com/x),
            [file](no-such-file.md), [heading](#no-such-heading)
            """);
        Assert.Equal(
            [
                "README.md: no-such-file.md leads nowhere: there is no such file.",
                "README.md: #no-such-heading leads nowhere: README.md has no heading #no-such-heading.",
            ],
            DeadLinks.In([page]));
    }

    [Fact]
    public void Code_has_no_links_and_no_headings()
    {
        var page = MarkdownPage.Of("README.md", "```\n# comment\n[a](b)\n```\n`[c](d)` and [e](README.md)\n");
        Assert.Equal(["README.md"], page.Links);
        Assert.Empty(page.Anchors);
    }

    [Theory]
    [InlineData("What it costs (in ms)", "what-it-costs-in-ms")]
    [InlineData("`WarmUp`, and [a link](x.md)", "warmup-and-a-link")]
    public void A_heading_is_linked_to_as_GitHub_does(string heading, string anchor) =>
        Assert.Equal(anchor, MarkdownPage.AnchorOf(heading));
}
