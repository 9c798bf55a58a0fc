using Microsoft.CodeAnalysis;

namespace WarmContext.Analyzers.Knowledge;

/// <summary>The types the rules ask for, looked up once per compilation. Null when the project doesn't reference them.</summary>
internal sealed class KnownTypes
{
    public KnownTypes(Compilation compilation)
    {
        LambdaContext = compilation.GetTypeByMetadataName("Amazon.Lambda.Core.ILambdaContext");
        LambdaFunctionAttribute = compilation.GetTypeByMetadataName("Amazon.Lambda.Annotations.LambdaFunctionAttribute");
        LambdaBootstrapBuilder = compilation.GetTypeByMetadataName("Amazon.Lambda.RuntimeSupport.LambdaBootstrapBuilder");
        Task = compilation.GetTypeByMetadataName("System.Threading.Tasks.Task");
        TaskOfT = compilation.GetTypeByMetadataName("System.Threading.Tasks.Task`1");
        ValueTask = compilation.GetTypeByMetadataName("System.Threading.Tasks.ValueTask");
        ValueTaskOfT = compilation.GetTypeByMetadataName("System.Threading.Tasks.ValueTask`1");
        LazyOfT = compilation.GetTypeByMetadataName("System.Lazy`1");
        WarmOfT = compilation.GetTypeByMetadataName("WarmContext.Warm`1");
        CancellationToken = compilation.GetTypeByMetadataName("System.Threading.CancellationToken");
        DbConnection = compilation.GetTypeByMetadataName("System.Data.Common.DbConnection");
        DbDataSource = compilation.GetTypeByMetadataName("System.Data.Common.DbDataSource");
        DbConnectionInterface = compilation.GetTypeByMetadataName("System.Data.IDbConnection");
        DbConnectionStringBuilder = compilation.GetTypeByMetadataName("System.Data.Common.DbConnectionStringBuilder");
        AmazonService = compilation.GetTypeByMetadataName("Amazon.Runtime.IAmazonService");
        IsTestProject = compilation.GetTypeByMetadataName("Xunit.FactAttribute") is not null
            || compilation.GetTypeByMetadataName("NUnit.Framework.TestAttribute") is not null
            || compilation.GetTypeByMetadataName("Microsoft.VisualStudio.TestTools.UnitTesting.TestMethodAttribute") is not null;
    }

    public INamedTypeSymbol? LambdaContext { get; }

    public INamedTypeSymbol? LambdaFunctionAttribute { get; }

    public INamedTypeSymbol? LambdaBootstrapBuilder { get; }

    public INamedTypeSymbol? Task { get; }

    public INamedTypeSymbol? TaskOfT { get; }

    public INamedTypeSymbol? ValueTask { get; }

    public INamedTypeSymbol? ValueTaskOfT { get; }

    public INamedTypeSymbol? LazyOfT { get; }

    public INamedTypeSymbol? WarmOfT { get; }

    public INamedTypeSymbol? CancellationToken { get; }

    public INamedTypeSymbol? DbConnection { get; }

    public INamedTypeSymbol? DbDataSource { get; }

    public INamedTypeSymbol? DbConnectionInterface { get; }

    public INamedTypeSymbol? DbConnectionStringBuilder { get; }

    public INamedTypeSymbol? AmazonService { get; }

    /// <summary>A test project builds clients, sleeps and writes files for good reasons.</summary>
    public bool IsTestProject { get; }

    public bool IsTask(ITypeSymbol? type)
    {
        var definition = type?.OriginalDefinition;
        return definition is not null
            && (Is(definition, Task) || Is(definition, TaskOfT) || Is(definition, ValueTask) || Is(definition, ValueTaskOfT));
    }

    /// <summary>T for Task of T and ValueTask of T, else the type itself.</summary>
    public ITypeSymbol? UnwrapTask(ITypeSymbol? type)
        => type is INamedTypeSymbol { TypeArguments.Length: 1 } named && IsTask(named) ? named.TypeArguments[0] : type;

    public bool IsDbConnection(ITypeSymbol? type)
        => type is not null && (type.IsOrDerivesFrom(DbConnection) || type.IsOrImplements(DbConnectionInterface));

    public static bool Is(ISymbol? left, ISymbol? right) => left is not null && SymbolEqualityComparer.Default.Equals(left, right);
}
