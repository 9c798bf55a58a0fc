using System.Collections.Concurrent;
using System.Collections.Immutable;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Diagnostics;

namespace WarmContext.Analyzers.Knowledge;

/// <summary>The .editorconfig options of the rules.</summary>
internal sealed class AnalyzerSettings
{
    private static readonly char[] s_separators = { ',', ';', '|', ' ' };

    private readonly AnalyzerConfigOptionsProvider _provider;
    private readonly ConcurrentDictionary<SyntaxTree, ImmutableHashSet<string>> _costlyTypes = new();

    public AnalyzerSettings(AnalyzerConfigOptionsProvider provider, IEnumerable<SyntaxTree> trees)
    {
        _provider = provider;
        var files = trees.Select(provider.GetOptions).ToList();
        SnapStart = Flag("warmcontext.snapstart", files);
        AnalyzeTests = Flag("warmcontext.analyze_tests", files) ?? false;
    }

    /// <summary>warmcontext.snapstart: whether the function runs under SnapStart; null leaves it to the templates.</summary>
    public bool? SnapStart { get; }

    /// <summary>warmcontext.analyze_tests: look into projects that reference a test framework too.</summary>
    public bool AnalyzeTests { get; }

    /// <summary>warmcontext.costly_types: full names of further types to build once, separated by commas.</summary>
    public ImmutableHashSet<string> CostlyTypes(SyntaxTree tree) => _costlyTypes.GetOrAdd(tree, key =>
    {
        return _provider.GetOptions(key).TryGetValue("warmcontext.costly_types", out var value)
            ? value.Split(s_separators, StringSplitOptions.RemoveEmptyEntries).ToImmutableHashSet(StringComparer.Ordinal)
            : ImmutableHashSet<string>.Empty;
    });

    /// <summary>
    /// About the whole project, whichever of its files says so: the first may be a linked one that no .editorconfig of ours covers.
    /// </summary>
    private bool? Flag(string name, List<AnalyzerConfigOptions> files)
    {
        foreach (var options in files.Append(_provider.GlobalOptions))
        {
            if (options.TryGetValue(name, out var value) && bool.TryParse(value, out var flag))
            {
                return flag;
            }
        }

        return null;
    }
}
