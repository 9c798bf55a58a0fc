using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using WarmContext.Architecture.Tests.Sources;

namespace WarmContext.Architecture.Tests.Layers;

/// <summary>The rules of the house. Each answers with what breaks it: file, line, the folders and the rule.</summary>
internal static class LayerRules
{
    private const int MaxLinesOfType = 400;
    private const int MaxLinesOfFile = 300;

    /// <summary>A folder uses only those below it, so no two folders depend on each other.</summary>
    public static IReadOnlyList<string> WrongUses(SourceProject project, FolderUses uses, ProjectLayers layers)
    {
        var unknown = project.Files.Select(static file => file.Folder).Distinct().Where(folder => !layers.Knows(folder)).ToList();
        if (unknown.Count > 0)
        {
            return
            [
                .. unknown.Select(folder =>
                    $"{project.Name}: the folder {folder} has no layer. Add it to the row of {project.Name} in {LayerTable.Page}, to the "
                        + "right of what it uses.")
            ];
        }

        return
        [
            .. uses.Found.Where(use => !layers.Allows(use.From, use.To)).Select(use =>
                $"{use.File}({use.Line}): {use.From} uses {use.To} ({use.Name})"
                + (uses.Found.Any(other => other.From == use.To && other.To == use.From)
                    ? $", which uses {use.From} too; no two folders may depend on each other"
                    : string.Empty)
                + $". The row of {project.Name} in {LayerTable.Page} allows only what is to the left of {use.From}."),
        ];
    }

    /// <summary>Between packages there are only the references of the table.</summary>
    public static IReadOnlyList<string> WrongReferences(SourceProject project, ProjectLayers layers)
    {
        // Which of the two Amazon.Lambda.Core it is compiled against is a switch of the build.
        string[] used = [.. project.Projects, .. project.Packages];
        return
        [
            .. used.Except(layers.Uses)
                .Select(name => $"{project.Name}.csproj references {name}, and its row in {LayerTable.Page} does not name it."),
            .. layers.Uses.Except(used)
                .Where(static name => name != "Amazon.Lambda.Core")
                .Select(
                    name => $"{project.Name} has {name} in its row in {LayerTable.Page}, and {project.Name}.csproj does not reference it."),
        ];
    }

    /// <summary>No type and no file is too long to be read at once.</summary>
    public static IReadOnlyList<string> TooLong(SourceProject project, CSharpCompilation compilation)
    {
        var types =
            from tree in compilation.SyntaxTrees
            let model = compilation.GetSemanticModel(tree)
            from declaration in tree.GetRoot().DescendantNodes().OfType<TypeDeclarationSyntax>()
            let span = declaration.GetLocation().GetLineSpan()
            group span by model.GetDeclaredSymbol(declaration)!.ToDisplayString() into parts
            let lines = parts.Sum(static span => span.EndLinePosition.Line - span.StartLinePosition.Line + 1)
            where lines > MaxLinesOfType
            select $"{parts.First().Path}: {parts.Key} has {lines} lines in {parts.Count()} files; a type has at most {MaxLinesOfType}, "
                + "beyond that there is a second idea in it.";
        var files =
            from file in project.Files
            where file.Lines > MaxLinesOfFile
            select $"{file.Path} has {file.Lines} lines; a file has at most {MaxLinesOfFile}.";
        return [.. types, .. files];
    }
}
