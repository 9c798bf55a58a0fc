namespace WarmContext.CodeFixes;
