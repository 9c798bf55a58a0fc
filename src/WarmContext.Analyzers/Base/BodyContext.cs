using System.Collections.Immutable;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Diagnostics;
using WarmContext.Analyzers.CallGraph;
using WarmContext.Analyzers.Knowledge;

namespace WarmContext.Analyzers.Base;

/// <summary>What a rule gets to look at one body.</summary>
internal readonly struct BodyContext
{
    private readonly SemanticModelAnalysisContext _context;

    public BodyContext(CompilationFacts facts, CodeMap map, CodeBody body, SemanticModelAnalysisContext context)
    {
        Facts = facts;
        Map = map;
        Body = body;
        _context = context;
    }

    public CompilationFacts Facts { get; }

    public CodeMap Map { get; }

    public CodeBody Body { get; }

    public KnownTypes Types => Facts.Types;

    public CancellationToken CancellationToken => _context.CancellationToken;

    public HashSet<ISymbol> InvocationData()
    {
        Map.Flow.PropagateTo(Body, Map, CancellationToken);
        return Body.InvocationData(Map.Flow);
    }

    public void Report(DiagnosticDescriptor rule, SyntaxNode node, params object?[] arguments) =>
        Report(rule, node.GetLocation(), arguments);

    public void Report(DiagnosticDescriptor rule, Location location, params object?[] arguments)
        => _context.ReportDiagnostic(Diagnostic.Create(rule, location, arguments));

    public void Report(
        DiagnosticDescriptor rule, SyntaxNode node, ImmutableDictionary<string, string?> properties, params object?[] arguments)
        => _context.ReportDiagnostic(Diagnostic.Create(rule, node.GetLocation(), properties, arguments));
}
