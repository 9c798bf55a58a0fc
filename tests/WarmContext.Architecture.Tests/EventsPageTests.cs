using WarmContext.Architecture.Tests.Telemetry;

namespace WarmContext.Architecture.Tests;

/// <summary>What docs/events.md says of the log and of the instruments is so.</summary>
public class EventsPageTests
{
    [Fact]
    public void The_page_has_every_log_event_and_every_instrument()
    {
        var generated = EventsPage.Generate();
        if (Environment.GetEnvironmentVariable("WARMCONTEXT_APPROVE") == "1")
        {
            File.WriteAllText(EventsPage.Path, generated);
        }

        Assert.True(
            File.Exists(EventsPage.Path) && File.ReadAllText(EventsPage.Path) == generated,
            $"{EventsPage.Name} is not what the sources say. Run these tests with WARMCONTEXT_APPROVE=1, and read the difference before "
                + "committing it.");
    }

    [Fact]
    public void No_number_is_given_to_two_events() =>
        Assert.DoesNotContain(EventsPage.Events.GroupBy(static entry => entry.Id), static entries => entries.Count() > 1);

    [Theory]
    [InlineData("WarmContext", 1, 99)]
    [InlineData("WarmContext.Files", 100, 199)]
    [InlineData("WarmContext.Npgsql", 220, 299)]
    [InlineData("WarmContext.Lambda", 300, 399)]
    [InlineData("WarmContext.Testing", 500, 599)]
    public void A_package_has_numbers_of_its_own(string package, int first, int last)
    {
        var ids = EventsPage.Events.Where(entry => entry.Package == package).Select(static entry => entry.Id).ToList();
        Assert.NotEmpty(ids);
        Assert.All(ids, id => Assert.InRange(id, first, last));
    }
}
