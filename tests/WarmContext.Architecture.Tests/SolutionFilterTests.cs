using WarmContext.Architecture.Tests.Sources;

namespace WarmContext.Architecture.Tests;

/// <summary>Each solution filter opens an area that builds by itself.</summary>
public class SolutionFilterTests
{
    private static readonly IReadOnlyList<SolutionFilter> s_filters = SolutionFilter.ReadAll();

    public static TheoryData<string> Filters => [.. s_filters.Select(static filter => filter.Name)];

    [Fact]
    public void There_is_one_for_each_area() =>
        Assert.Equal(["Analyzers.slnf", "Benchmarks.slnf", "Library.slnf", "Testing.slnf"], s_filters.Select(static filter => filter.Name));

    [Theory]
    [MemberData(nameof(Filters))]
    public void Its_projects_are_in_the_solution(string name) => Assert.Empty(Filter(name).Projects.Except(SolutionFilter.Solution()));

    [Theory]
    [MemberData(nameof(Filters))]
    public void What_its_projects_reference_is_in_it(string name)
    {
        var filter = Filter(name);
        Assert.Empty(filter.Projects.SelectMany(SolutionFilter.References).Distinct().Except(filter.Projects));
    }

    [Fact]
    public void Every_package_and_its_tests_are_in_one()
    {
        var wanted = SolutionFilter.Solution().Where(static path => path.StartsWith("src/", StringComparison.Ordinal)
            || path.StartsWith("tests/WarmContext.", StringComparison.Ordinal));
        Assert.Empty(wanted.Except(s_filters.SelectMany(static filter => filter.Projects)));
    }

    private static SolutionFilter Filter(string name) => s_filters.Single(filter => filter.Name == name);
}
