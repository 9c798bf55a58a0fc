using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using WarmContext.Architecture.Tests.Sources;

namespace WarmContext.Architecture.Tests.Layers;

/// <summary>The namespaces that types have: those of a package's users that of the package, all others that of their folder.</summary>
internal static class Namespaces
{
    // Where everybody's extensions for it are found without a using directive.
    private const string ServiceExtensions = "Microsoft.Extensions.DependencyInjection";

    /// <summary>The namespace of a folder's internal types.</summary>
    public static string Of(SourceProject project, SourceFile file)
    {
        var owner = file.Folder.StartsWith("Shared", StringComparison.Ordinal) ? "WarmContext" : project.Name;
        return file.Folder == SourceFile.Root ? owner : $"{owner}.{file.Folder.Replace('/', '.')}";
    }

    /// <summary>The types that are somewhere else.</summary>
    public static IEnumerable<string> Wrong(SourceProject project, CSharpCompilation compilation)
    {
        foreach (var file in project.Files)
        {
            var tree = compilation.SyntaxTrees.Single(tree => tree.FilePath == file.Path);
            foreach (var declaration in tree.GetRoot()
                .DescendantNodes(static node => node is CompilationUnitSyntax or BaseNamespaceDeclarationSyntax)
                .OfType<MemberDeclarationSyntax>())
            {
                if (declaration is BaseNamespaceDeclarationSyntax or GlobalStatementSyntax)
                {
                    continue;
                }

                var actual = (declaration.Parent as BaseNamespaceDeclarationSyntax)?.Name.ToString() ?? "the global namespace";
                // Nobody compiles against a program: what is public there is so for the runtime.
                var isPublic = !project.IsExecutable && declaration.Modifiers.Any(SyntaxKind.PublicKeyword);
                var expected = isPublic ? project.Name : Of(project, file);
                if (actual != expected && !(isPublic && actual == ServiceExtensions))
                {
                    var line = declaration.GetLocation().GetLineSpan().StartLinePosition.Line + 1;
                    yield return $"{file.Path}({line}): {actual}; "
                        + $"{(isPublic ? "public types have their package's namespace" : "internal types have their folder's")}: "
                        + $"{expected}";
                }
            }
        }
    }
}
