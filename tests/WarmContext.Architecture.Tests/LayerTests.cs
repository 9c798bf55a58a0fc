using WarmContext.Architecture.Tests.Layers;
using WarmContext.Architecture.Tests.Sources;

namespace WarmContext.Architecture.Tests;

/// <summary>What docs/architecture.md says of packages and folders is so.</summary>
public class LayerTests
{
    // To be shortened. A file leaves this list for good.
    private static readonly string[] s_notYetShort =
    [
        "src/WarmContext/Running/InvocationRunner.cs", "src/WarmContext.Testing/LocalExecutionEnvironment.cs"
    ];

    public static TheoryData<string> All => [.. Repository.Projects.Select(static project => project.Name)];

    [Fact]
    public void Every_package_is_in_the_table()
    {
        var names = Repository.Projects.Select(static project => project.Name).Except(Repository.Layers.Keys).ToList();
        Assert.True(
            names.Count == 0,
            $"Add a row to the table of layers in {LayerTable.Page}, with what it uses and its folders, the lowest first, for: "
                + $"{string.Join(", ", names)}");
    }

    [Theory]
    [MemberData(nameof(All))]
    public void A_package_uses_what_its_row_says(string project) =>
        Holds(LayerRules.WrongReferences(Repository.Project(project), Repository.Layers[project]));

    [Theory]
    [MemberData(nameof(All))]
    public void A_folder_uses_only_those_below_it(string project) =>
        Holds(LayerRules.WrongUses(Repository.Project(project), Repository.Uses(project), Repository.Layers[project]));

    [Theory]
    [MemberData(nameof(All))]
    public void A_type_has_the_namespace_of_its_folder_or_its_package(string project) =>
        Holds([.. Namespaces.Wrong(Repository.Project(project), Repository.Compile(Repository.Project(project)))]);

    [Theory]
    [MemberData(nameof(All))]
    public void A_type_and_a_file_are_short_enough_to_read(string project)
    {
        var found = LayerRules.TooLong(Repository.Project(project), Repository.Compile(Repository.Project(project)));
        Holds([.. found.Where(static message => !s_notYetShort.Any(file => message.StartsWith(file + " has", StringComparison.Ordinal)))]);
    }

    [Theory]
    [MemberData(nameof(All))]
    public void Every_name_is_bound_so_that_no_use_goes_unseen(string project) => Holds(Repository.Uses(project).Unbound);

    private static void Holds(IReadOnlyList<string> broken) =>
        Assert.True(broken.Count == 0, string.Join("\n", broken.Prepend($"{broken.Count} to mend:")));
}
